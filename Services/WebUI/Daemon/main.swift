import Contracts
import ServiceKit
import WebUI

await runDaemon(.webUI, build: buildWebUI)
