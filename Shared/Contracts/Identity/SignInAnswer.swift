/// The answer to a sign-in or a refresh, with the field names of OAuth 2 (RFC 6749 §5.1).
package struct SignInAnswer: Codable, Sendable {
    package let accessToken: String
    /// Always `bearer`.
    package let tokenType: String
    /// Seconds until the access token expires.
    package let expiresIn: Int
    /// Good for one refresh; the answer to that one carries the next.
    package let refreshToken: String

    package init(accessToken: String, expiresIn: Int, refreshToken: String) {
        self.accessToken = accessToken
        self.tokenType = "bearer"
        self.expiresIn = expiresIn
        self.refreshToken = refreshToken
    }
}
