package import Auth
import Contracts
package import ServiceKit

/// Knows integrations by their keys, and asks the suite about every other credential.
package struct IntegrationAuthenticator: Authenticator {
    private let directory: IntegrationDirectory
    private let clock: any Clock
    private let others: any Authenticator

    package init(directory: IntegrationDirectory, clock: any Clock, others: any Authenticator) {
        self.directory = directory
        self.clock = clock
        self.others = others
    }

    package func principal(for credential: Credential) async throws -> Principal? {
        let text = credential.text
        guard IntegrationKey.isWellFormed(text) else { return try await others.principal(for: credential) }
        guard let integration = try await directory.integration(key: text, now: clock.now) else { return nil }
        return Principal(kind: .integration(integration.id), role: nil, name: integration.name)
    }
}
