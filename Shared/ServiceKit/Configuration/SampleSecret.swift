/// Values that stand in documentation instead of a secret (reliability AUT-1).
enum SampleSecret {
    private static let words = [
        "changeme", "change-me", "change_me", "change me", "changethis", "replaceme", "replace-me", "replace_me", "example", "placeholder",
        "your-secret", "your_secret", "yoursecret", "jwtsecret", "insecure", "sample", "supersecret", "super-secret", "default", "todo",
    ]
    /// A random text of 32 bytes has far more; `aaaa…` and `abcabc…` do not.
    private static let fewestDistinctBytes = 10

    static func matches(_ text: String) -> Bool {
        let lowered = text.lowercased()
        return words.contains { lowered.contains($0) } || Set(text.utf8).count < fewestDistinctBytes
    }
}
