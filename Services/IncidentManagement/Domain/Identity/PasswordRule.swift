import Foundation

/// What a new password must be: long enough, no longer than we read, and none of those tried first (NIST SP 800-63B §5.1.1.2).
package enum PasswordRule {
    /// In Unicode scalars, as NIST counts.
    package static let length = 8...128

    /// Passwords are compared in NFKC, so that a composed and a decomposed letter open the same door.
    package static func normalized(_ password: String) -> String {
        password.precomposedStringWithCompatibilityMapping
    }

    /// What is wrong with this as a new password of the account with that e-mail address; nil when nothing is.
    package static func fault(_ password: String, for email: EmailAddress?) -> String? {
        let scalars = password.unicodeScalars
        if scalars.contains("\0") { return "must not contain a NUL character" }
        guard length.contains(scalars.count) else { return "must have \(length.lowerBound) to \(length.upperBound) characters" }
        let folded = LoginName.folded(password)
        if folded.isEmpty { return "must not be white space only" }
        if Set(folded.unicodeScalars).count == 1 { return "must not repeat one character" }
        if common.contains(folded) { return "is among the passwords tried first" }
        if let email, folded == email.canonical || folded == email.localPart { return "must not be the e-mail address" }
        return nil
    }

    /// Whether such text could be anybody's password: what cannot is refused like a wrong one.
    package static func isPossible(_ password: String) -> Bool {
        let scalars = password.unicodeScalars
        return length.contains(scalars.count) && !scalars.contains("\0")
    }

    /// The well-known ones of at least eight characters, folded. A longer list is worth a file of its own.
    private static let common: Set<String> = [
        "12345678", "123456789", "1234567890", "0123456789", "87654321", "987654321", "0987654321", "11223344", "12341234", "123123123",
        "12344321", "147258369", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "1qaz2wsx3edc", "qwertyui", "qwertyuiop", "qwerty12", "qwerty123",
        "qwerty1234", "qwerty12345", "asdfghjk", "asdfghjkl", "zxcvbnm1", "zaq12wsx", "abcd1234", "abc12345", "abcdefgh", "a1b2c3d4",
        "password", "password1", "password12", "password123", "password1234", "password!", "passw0rd", "p@ssw0rd", "p@ssword", "pa$$word",
        "pass1234", "changeme", "changeme1", "changeme123", "change_me", "letmein1", "letmein123", "welcome1", "welcome123", "iloveyou",
        "iloveyou1", "princess", "sunshine", "football", "baseball", "superman", "trustno1", "starwars", "whatever", "computer",
        "internet", "michelle", "jennifer", "dragon123", "monkey123", "master123", "admin123", "admin1234", "administrator", "rootroot",
        "root1234", "test1234", "testtest", "guest1234", "default1", "secret123", "mysecret", "supersecret", "jwtsecret", "operator",
        "adminadmin", "useruser", "qazwsxedc", "q1w2e3r4", "asdf1234", "google123", "samsung1", "december", "november", "september",
    ]
}
