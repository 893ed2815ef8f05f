package import Contracts

/// What makes alerts one incident: at any time at most one group accepts new alerts of a key.
package struct CorrelationKey: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// The default rule: same service and same severity, whoever reports it.
    package static func service(_ service: String, _ severity: Severity) -> CorrelationKey {
        CorrelationKey(rawValue: "service:\(severity.rawValue):\(service)")
    }

    /// Alertmanager's own grouping. Scoped to the integration, because two Alertmanagers use the same texts, and hashed, because they are long.
    package static func alertmanager(groupKey: String, of integration: IntegrationID, digest: TextDigest) -> CorrelationKey {
        CorrelationKey(rawValue: "am:" + digest(integration.description + "\0" + groupKey))
    }

    package var description: String { rawValue }

    package static func < (left: CorrelationKey, right: CorrelationKey) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }
}
