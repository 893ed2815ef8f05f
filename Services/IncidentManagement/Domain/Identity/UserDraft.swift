package import Contracts

/// An account somebody asked for, checked.
package struct UserDraft: Sendable {
    package let email: EmailAddress
    package let userName: UserName?
    package let fullName: String
    package let role: Role
    package let isActive: Bool
    package let teams: [String]
    package let timeZone: String
    package let locale: String
    /// Not yet hashed.
    package let password: String

    /// Reads the body of `POST /api/v1/users`.
    package init(_ body: JSONValue) throws(InvalidFields) {
        var fields = FieldReader(body)
        let email = fields.email("email")
        let password = fields.newPassword("password", for: email)
        userName = fields.optionalUserName("user_name")
        fullName = fields.optionalFullName("full_name") ?? email.map { String($0.localPart) } ?? ""
        role = fields.optionalChoice("role", Role.self) ?? .responder
        isActive = fields.optionalBool("is_active") ?? true
        teams = fields.optionalTeams("teams") ?? []
        timeZone = fields.optionalTimeZone("time_zone") ?? User.defaultTimeZone
        locale = fields.optionalLocale("locale") ?? User.defaultLocale
        try fields.finish()
        guard let email else { throw InvalidFields("/email", "is required") }
        self.email = email
        self.password = password
    }

    /// The first admin.
    package init(firstAdmin email: EmailAddress, password: String) {
        self.email = email
        self.password = password
        userName = nil
        fullName = String(email.localPart)
        role = .admin
        isActive = true
        teams = []
        timeZone = User.defaultTimeZone
        locale = User.defaultLocale
    }
}

extension User {
    package static let defaultTimeZone = "UTC"
    package static let defaultLocale = "en"
}
