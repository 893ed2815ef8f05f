import Contracts

extension FieldReader {
    /// A required text that is compared, composed.
    mutating func identity(_ key: String, characters: Int) -> String {
        composed(key, text(key, 1...characters))
    }

    /// A text that is compared, composed; nil when absent or null.
    mutating func optionalIdentity(_ key: String, characters: Int) -> String? {
        guard let text = optionalText(key, 1...characters) else { return nil }
        return composed(key, text)
    }

    /// Composing may make a text longer, so what the column would refuse is the sender's fault here, not ours there.
    private mutating func composed(_ key: String, _ text: String) -> String {
        let composed = NormalText.composed(text)
        if composed.utf8.count > AlertLimits.identityBytes {
            fault(key, "must have at most \(AlertLimits.identityBytes) bytes in Unicode's composed form")
        }
        return composed
    }
}
