/// Which metadata never shows its value.
enum Redaction {
    static let mark = "<redacted>"

    private static let words = [
        "authorization", "cookie", "api-key", "api_key", "apikey", "password", "passwd", "token", "secret", "routing_key", "routing-key",
        "webhook-signature", "webhook_signature", "credential", "private_key",
    ]

    static func hides(_ key: String) -> Bool {
        let lowered = key.lowercased()
        return words.contains { lowered.contains($0) }
    }
}
