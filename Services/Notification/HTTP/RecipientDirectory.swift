import Auth
import Contracts
import ServiceClients

/// Who is behind an address, a user name or an id: IncidentManagement's answer.
struct RecipientDirectory: Sendable {
    let incidents: any IncidentGateway

    /// The account behind an address or user name; nil for nobody. Throws ``NotificationError/directoryUnavailable``.
    func find(_ handle: String) async throws(NotificationError) -> KnownUser? {
        do throws(ClientError) {
            return try await incidents.known(handle)
        } catch {
            throw .directoryUnavailable
        }
    }

    /// The active account of that id; nil for nobody. Throws ``NotificationError/directoryUnavailable``.
    func find(_ user: UserID) async throws(NotificationError) -> KnownUser? {
        guard let standing = try? await incidents.standing(of: StandingQuestion(kind: .user, subject: user.description)) else {
            throw .directoryUnavailable
        }
        guard standing.role != nil, let email = standing.email else { return nil }
        return KnownUser(id: user, name: standing.name ?? email, email: email, isActive: true)
    }
}
