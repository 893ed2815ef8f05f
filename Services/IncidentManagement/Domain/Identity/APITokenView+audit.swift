import Contracts

extension APITokenView {
    var auditObject: String { "api_token:\(id)" }

    /// The fields as the record keeps them; never the token.
    var audited: JSONValue {
        .object([
            .init("name", .string(name)),
            .init("role", .string(role.rawValue)),
            .init("owner_id", .string(ownerID.description)),
            .init("expires_at", .string(expiresAt.rfc3339)),
        ])
    }
}
