package import Auth
package import ServiceKit

/// What identity reads from the settings:
///
/// * `INTERNAL_SECRET`: the signing key is sealed under a key made from it. Another value stops the start until the row is deleted.
/// * `PASSWORD_PEPPER`: mixed into every password before it is hashed; made from `INTERNAL_SECRET` when absent. Another value makes every
///   stored password wrong.
/// * `SETUP_TOKEN`, or `SETUP_TOKEN_FILE`: the token for making the first admin, at least 32 bytes; made and printed when absent. Read only
///   while there is no admin, so that the file may be deleted afterwards.
package struct IdentityConfiguration: Sendable {
    package let internalSecret: Secret
    package let passwordPepper: Secret
    private let settings: Settings

    /// Throws ``ConfigurationError`` for a missing, short or sample secret.
    package init(_ settings: Settings) throws {
        self.settings = settings
        internalSecret = try settings.secret("INTERNAL_SECRET")
        passwordPepper =
            Self.isSet("PASSWORD_PEPPER", in: settings)
            ? try settings.secret("PASSWORD_PEPPER") : internalSecret.derived(for: "tocsin password pepper v1")
    }

    /// The set-up token somebody chose; nil when we are to make one.
    package func setupToken() throws -> Secret? {
        Self.isSet("SETUP_TOKEN", in: settings) ? try settings.secret("SETUP_TOKEN") : nil
    }

    private static func isSet(_ key: String, in settings: Settings) -> Bool {
        settings.optionalString(key) != nil || settings.optionalString(key + "_FILE") != nil
    }
}
