import Auth
import Contracts
import HTTPTypes
import Hummingbird
import Logging

/// Asks the authenticator about a request's credential and the route's policy about the answer.
struct AccessGate: Sendable {
    /// Longer than any credential of ours: a JWT has about 400 bytes.
    static let longestCredential = 4096

    let authenticator: any Authenticator

    /// The caller, or a thrown 401, 403 or 503.
    func admit(_ request: Request, to access: Access, context: CallContext) async throws -> Principal {
        if access == .open { return .anonymous }
        guard let credential = Self.credential(in: request.headers) else { throw Problem.unauthorized }
        guard let principal = try await principal(for: credential, context) else { throw Problem.unauthorized }
        switch access.verdict(on: principal) {
        case .admitted: return principal
        case .unknown: throw Problem.unauthorized
        case .refused:
            context.logger.info("access refused", metadata: ["user.name": "\(principal.actor)"])
            throw Problem.forbidden
        }
    }

    private func principal(for credential: Credential, _ context: CallContext) async throws -> Principal? {
        do {
            return try await authenticator.principal(for: credential)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            context.logger.warning("credential could not be checked", metadata: ["error.type": "\(type(of: error))"])
            let pause = (error as? AuthenticationUnavailable)?.retryAfter ?? .seconds(1)
            throw Problem.unavailable("Credentials cannot be checked right now.", retryAfter: pause)
        }
    }

    /// Exactly one credential, in a header; none when there are several, since two readers could take different ones.
    static func credential(in headers: HTTPFields) -> Credential? {
        var found: HTTPField?
        for field in headers where field.name == .authorization || field.name == .apiKey {
            guard found == nil else { return nil }
            found = field
        }
        guard let found, found.value.utf8.count <= longestCredential else { return nil }
        let text = found.value
        if found.name == .apiKey { return text.isEmpty ? nil : .apiKey(text) }
        let space = UInt8(ascii: " ")
        guard let gap = text.utf8.firstIndex(of: space) else { return nil }
        let token = text[text.utf8.index(after: gap)...]
        guard !token.isEmpty, !token.utf8.contains(space) else { return nil }
        switch text[..<gap].lowercased() {
        case "bearer": return .bearer(String(token))
        case "geniekey": return .genieKey(String(token))
        default: return nil
        }
    }
}
