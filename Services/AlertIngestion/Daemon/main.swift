import AlertIngestion
import Contracts
import ServiceKit

await runDaemon(.alertIngestion, build: buildAlertIngestion)
