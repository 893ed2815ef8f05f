import AlertIngestion
import ServiceKit

await runDaemon(.alertIngestion, build: buildAlertIngestion)
