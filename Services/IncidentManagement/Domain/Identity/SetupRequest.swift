package import Contracts

/// The body of `POST /api/v1/auth/setup`, checked.
package struct SetupRequest: Sendable {
    package let token: String
    package let draft: UserDraft

    package init(_ body: JSONValue) throws(InvalidFields) {
        var fields = FieldReader(body)
        token = fields.text("token", 1...512)
        let email = fields.email("email")
        let password = fields.newPassword("password", for: email)
        try fields.finish()
        guard let email else { throw InvalidFields("/email", "is required") }
        draft = UserDraft(firstAdmin: email, password: password)
    }
}
