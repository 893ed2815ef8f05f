import Contracts
import IncidentManagement
import ServiceKit

await runDaemon(.incidentManagement, build: buildIncidentManagement)
