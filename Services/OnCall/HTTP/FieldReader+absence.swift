import Contracts
import Foundation

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

extension String {
    /// As members are called: e-mail addresses are the same in any case, names are not.
    var personName: String {
        let text = trimmingCharacters(in: .whitespacesAndNewlines)
        return EMail.isPlausible(text) ? text.lowercased() : text
    }
}
