package import Contracts

/// Turns a credential into who is calling.
package protocol Authenticator: Sendable {
    /// Nil refuses the credential (401).
    ///
    /// Throws ``AuthenticationUnavailable`` when nobody can tell right now (503).
    func principal(for credential: Credential) async throws -> Principal?
}

/// Answers whether a credential is good right now: IncidentManagement itself, or its client.
package protocol StandingSource: Sendable {
    /// Throws when the answer cannot be had; an unknown credential is an answer (``Standing/none``).
    func standing(of question: StandingQuestion) async throws -> Standing
}

/// Where the public keys of access tokens come from.
package protocol AccessKeySource: Sendable {
    /// A JSON Web Key Set (RFC 7517).
    func jwks() async throws -> String
}

/// The credential may be good, but whoever knows cannot be reached: answered with 503 and `Retry-After`, never with 401.
package struct AuthenticationUnavailable: Error, Sendable, Hashable {
    package let retryAfter: Duration

    package init(retryAfter: Duration = .seconds(1)) { self.retryAfter = retryAfter }
}
