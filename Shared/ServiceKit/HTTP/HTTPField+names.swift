package import HTTPTypes

extension HTTPField.Name {
    package static let requestID = named("X-Request-ID")
    package static let apiKey = named("X-API-Key")
    package static let idempotencyKey = named("Idempotency-Key")
    package static let idempotencyReplayed = named("Idempotency-Replayed")
    package static let referrerPolicy = named("Referrer-Policy")
    package static let totalCount = named("X-Total-Count")
    package static let link = named("Link")
    static let forwardedFor = named("X-Forwarded-For")
    static let forwardedProto = named("X-Forwarded-Proto")
    static let clientAddress = named(ClientAddress.header)
    static let peerToken = named(ClientAddress.tokenHeader)
    /// Where the decoder leaves every Host after the first.
    static let secondHost = named("Host")

    /// A name that is right by inspection, made once at start.
    private static func named(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("not a header name: \(name)") }
        return field
    }
}
