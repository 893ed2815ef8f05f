package import Contracts
import Foundation

/// The fields of accounts. Each notes its fault and returns something usable, as the reader's own do.
extension FieldReader {
    /// A person is in few teams; more is a mistake or an attack.
    private static let mostTeams = 50

    package mutating func email(_ key: String) -> EmailAddress? {
        if value(key) == nil { fault(key, "is required") }
        return optionalEmail(key)
    }

    package mutating func optionalEmail(_ key: String) -> EmailAddress? {
        checked(key, "must be an e-mail address such as alice@example.org", EmailAddress.init)
    }

    package mutating func optionalUserName(_ key: String) -> UserName? {
        checked(key, "must be letters, digits, '.', '_' or '-', at most 64, starting with a letter", UserName.init)
    }

    package mutating func optionalFullName(_ key: String) -> String? {
        guard let name = optionalText(key, 1...120) else { return nil }
        if !VisibleText.isPlain(name) { fault(key, "must not contain invisible characters") }
        return name.precomposedStringWithCanonicalMapping
    }

    package mutating func optionalTimeZone(_ key: String) -> String? {
        checked(key, "must be an IANA time zone such as Europe/Berlin") { name in
            guard name.utf8.count <= 64, name == "UTC" || name.contains("/"), TimeZone(identifier: name) != nil else { return nil }
            return name
        }
    }

    package mutating func optionalLocale(_ key: String) -> String? {
        checked(key, "must be a language tag such as en or pt-BR") { tag in
            let parts = tag.split(separator: "-", omittingEmptySubsequences: false)
            let isTag = parts.allSatisfy { part in
                (1...8).contains(part.utf8.count)
                    && part.unicodeScalars.allSatisfy { $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0) }
            }
            return isTag && tag.utf8.count <= 35 && parts[0].utf8.count >= 2 ? tag : nil
        }
    }

    package mutating func optionalTeams(_ key: String) -> [String]? {
        guard value(key) != nil else { return nil }
        let teams = texts(key, atMost: Self.mostTeams, 1...64).map(\.precomposedStringWithCanonicalMapping)
        if !teams.allSatisfy(VisibleText.isPlain) { fault(key, "must not contain invisible characters") }
        return Set(teams).sorted()
    }

    /// A password that is to be set.
    package mutating func newPassword(_ key: String, for email: EmailAddress?) -> String {
        if value(key) == nil { fault(key, "is required") }
        return optionalNewPassword(key, for: email) ?? ""
    }

    package mutating func optionalNewPassword(_ key: String, for email: EmailAddress?) -> String? {
        guard let password = optionalPassword(key) else { return nil }
        if let problem = PasswordRule.fault(password, for: email) { fault(key, problem) }
        return password
    }

    /// A password to compare: never trimmed, never judged.
    package mutating func optionalPassword(_ key: String) -> String? {
        guard let value = value(key) else { return nil }
        guard let password = value.string else {
            fault(key, "must be a string")
            return nil
        }
        return password
    }

    private mutating func checked<Value>(_ key: String, _ detail: String, _ read: (String) -> Value?) -> Value? {
        guard let value = value(key) else { return nil }
        guard let text = value.string, let result = read(text) else {
            fault(key, detail)
            return nil
        }
        return result
    }
}
