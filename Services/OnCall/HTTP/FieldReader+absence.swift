import Contracts
import Foundation
import Hummingbird
import ServiceKit

extension FieldReader {
    mutating func optionalZone(_ key: String) -> Zone? {
        guard let value = value(key) else { return nil }
        guard let zone = value.string.flatMap({ Zone($0) }) else {
            fault(key, "must be an IANA time zone such as Europe/Berlin, or UTC")
            return nil
        }
        return zone
    }
}

extension Request {
    /// Whose absences are asked for.
    /// - Throws: 400 `bad_parameter` for what no member can be called.
    func optionalPerson() throws -> String? {
        guard let text = try query("user") else { return nil }
        guard text.unicodeScalars.count <= EMail.nameLength.upperBound else {
            throw Problem.badRequest(code: "bad_parameter", "user must have at most \(EMail.nameLength.upperBound) characters.")
        }
        return text.personName
    }
}

extension String {
    /// As members are called: e-mail addresses are the same in any case, names are not.
    var personName: String {
        let text = trimmingCharacters(in: .whitespacesAndNewlines)
        return EMail.isPlausible(text) ? text.lowercased() : text
    }
}
