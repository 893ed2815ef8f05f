package import Contracts

/// What somebody wants changed about an account, checked; nil leaves a thing as it is.
package struct UserChange: Sendable {
    package var email: EmailAddress?
    package var userName: UserName?
    package var fullName: String?
    package var role: Role?
    package var isActive: Bool?
    package var teams: [String]?
    package var timeZone: String?
    package var locale: String?
    /// Not yet hashed.
    package var password: String?
    /// The password as it is, which people must give to set another for themselves.
    package var currentPassword: String?

    /// Reads the body of `PATCH /api/v1/users/{id}`, by an admin.
    package init(byAdmin body: JSONValue) throws(InvalidFields) {
        var fields = FieldReader(body)
        email = fields.optionalEmail("email")
        userName = fields.optionalUserName("user_name")
        role = fields.optionalChoice("role", Role.self)
        isActive = fields.optionalBool("is_active")
        teams = fields.optionalTeams("teams")
        password = fields.optionalNewPassword("password", for: email)
        readProfile(&fields)
        try fields.finish()
    }

    /// Reads the body of `PATCH /api/v1/users/me`: never role, teams, e-mail or whether the account is active.
    package init(bySelf body: JSONValue, email own: EmailAddress?) throws(InvalidFields) {
        var fields = FieldReader(body)
        readProfile(&fields)
        password = fields.optionalNewPassword("password", for: own)
        currentPassword = fields.optionalPassword("current_password")
        if password != nil, currentPassword == nil { fields.fault("current_password", "is required to set another password") }
        try fields.finish()
    }

    private mutating func readProfile(_ fields: inout FieldReader) {
        fullName = fields.optionalFullName("full_name")
        timeZone = fields.optionalTimeZone("time_zone")
        locale = fields.optionalLocale("locale")
    }
}
