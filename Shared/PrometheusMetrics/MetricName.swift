/// A metric's name as swift-metrics gave it and as Prometheus shows it.
struct MetricName {
    /// The sanitised label, without the suffix that its kind demands.
    let base: String
    let exported: String

    init(counter label: String) { self.init(label, suffix: "_total") }
    init(gauge label: String) { self.init(label, suffix: "") }
    init(histogram label: String) { self.init(label, suffix: "") }
    init(timer label: String) { self.init(label, suffix: "_seconds") }

    private init(_ label: String, suffix: String) {
        base = Self.sanitized(label)
        exported = base.hasSuffix(suffix) ? base : base + suffix
    }

    /// A help text for a metric that nobody described: promtool and readers want one always.
    var defaultHelp: String {
        let words = exported.split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst() + "."
    }

    /// `label` with everything that `[a-zA-Z_:][a-zA-Z0-9_:]*` does not allow replaced by an underscore.
    static func sanitized(_ label: String) -> String { sanitized(label, colon: true) }

    /// As ``sanitized(_:)`` for the name of a label, where colons are not allowed either.
    static func sanitizedLabel(_ name: String) -> String { sanitized(name, colon: false) }

    private static func sanitized(_ text: String, colon: Bool) -> String {
        var bytes = text.utf8.map { byte in isAllowed(byte) || (colon && byte == UInt8(ascii: ":")) ? byte : UInt8(ascii: "_") }
        if bytes.first.map(isDigit) ?? true { bytes.insert(UInt8(ascii: "_"), at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: isDigit(byte)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
