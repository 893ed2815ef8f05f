package import Contracts

/// Severity words of the Prometheus world in ours (interop §1.0).
package enum SeverityMap {
    /// The severity of a label's text; nil for a word we do not know.
    package static func severity(_ text: String) -> Severity? {
        switch text.lowercased() {
        case "critical", "crit", "fatal", "emergency", "page", "disaster", "p1", "sev1": .critical
        case "error", "high", "major", "p2", "sev2": .high
        case "warning", "warn", "medium", "minor", "p3", "sev3": .medium
        case "info", "informational", "low", "none", "p4", "p5", "sev4", "sev5": .low
        default: nil
        }
    }
}
