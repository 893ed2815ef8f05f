package import Contracts
package import Foundation

/// The array that Prometheus posts to an Alertmanager, without status and fingerprint (interop §1.2).
package enum PostableAlertsFormat {
    /// What such alerts name as their source.
    package static let source = "prometheus"
    /// When an alert without `endsAt` resolves unless it is sent again; Alertmanager's default.
    package static let resolveTimeout: TimeInterval = 300

    /// - Throws: `InvalidFields` when the body is no array; ``TooManyAlerts``.
    package static func parse(_ body: JSONValue, _ context: FormatContext) throws -> ParsedAlerts {
        guard let items = body.array else { throw InvalidFields("", "must be an array of alerts") }
        guard items.count <= AlertLimits.batch else { throw TooManyAlerts(count: items.count) }
        var parsed = ParsedAlerts(format: .postableAlerts, events: [])
        for (index, item) in items.enumerated() {
            do throws(InvalidFields) {
                parsed.events.append(event(try PrometheusAlert(item, at: "/\(index)"), context))
            } catch {
                parsed.quarantined.append(QuarantinedItem(index: index, raw: item.serialized, faults: error.faults))
            }
        }
        return parsed
    }

    /// Firing while `endsAt` is in the future or unset, resolved from then on.
    private static func event(_ alert: PrometheusAlert, _ context: FormatContext) -> AlertEvent {
        let expiresAt = alert.endsAt ?? context.now.addingTimeInterval(resolveTimeout)
        let isFiring = expiresAt > context.now
        var event = alert.event(
            source: source, dedupKey: .fingerprint(alert.fingerprint), action: isFiring ? .trigger : .resolve,
            expiresAt: expiresAt, context)
        // Prometheus repeats a resolve for 15 minutes, its twin of an HA pair too.
        if !isFiring { event.endedAt = alert.endsAt }
        return event
    }
}
