package import Contracts

extension User {
    package var auditObject: String { "user:\(id)" }

    /// The fields as the record keeps them.
    package var audited: JSONValue {
        .object([
            .init("email", .string(email)),
            .init("user_name", userName.map { .string($0) } ?? .null),
            .init("full_name", .string(fullName)),
            .init("role", .string(role.rawValue)),
            .init("is_active", .bool(isActive)),
            .init("teams", .array(teams.map { .string($0) })),
            .init("time_zone", .string(timeZone)),
            .init("locale", .string(locale)),
        ])
    }
}
