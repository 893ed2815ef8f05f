/// What makes two reports one alert: unique while open per integration, compared as bytes.
package struct DedupKey: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The length PagerDuty allows, in characters (behaviours §1.1).
    package static let characterLimit = 255

    package let rawValue: String

    /// The text is taken as it is; whoever reads it from a sender normalises it first (``NormalText``).
    package init(rawValue: String) { self.rawValue = rawValue }

    /// The key of an alert whose sender gave none. The rule has a version, so that it can change under stored rows.
    package static func automatic(source: String, service: String, title: String, digest: TextDigest) -> DedupKey {
        let identity = [source, service, title].map(NormalText.composed).joined(separator: "\0")
        return DedupKey(rawValue: "auto:1:" + digest(identity))
    }

    /// The key of an alert that Prometheus or Alertmanager knows by the fingerprint of its labels.
    package static func fingerprint(_ text: String) -> DedupKey {
        DedupKey(rawValue: "am:" + text)
    }

    package var description: String { rawValue }

    /// The order of PostgreSQL's collation "C": bytes.
    package static func < (left: DedupKey, right: DedupKey) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }
}

/// SHA-256 of a text's UTF-8 in lower-case hex; given from outside because Domain and Formats know no cryptography.
package typealias TextDigest = @Sendable (String) -> String
