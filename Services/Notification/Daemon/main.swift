import Contracts
import Notification
import ServiceKit

await runDaemon(.notification) { try await buildNotification($0) }
