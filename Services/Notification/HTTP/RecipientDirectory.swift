import Auth
import Contracts
import ServiceClients

/// Who is behind an address, a user name or an id: IncidentManagement's answer.
struct RecipientDirectory: Sendable {
    let client: IncidentClient

    /// Nil for nobody. Throws ``NotificationError/directoryUnavailable``.
    func find(_ handle: String) async throws(NotificationError) -> KnownUser? {
        do throws(ClientError) {
            return try await client.users(RecipientQuestion(handles: [handle])).users[handle]
        } catch {
            throw .directoryUnavailable
        }
    }
}
