package import Contracts
import Foundation

/// Alertmanager's webhook, version 4 (interop §1.1); Grafana's has the same members and some more, which the raw payload keeps.
package enum AlertmanagerWebhookFormat {
    /// What such alerts name as their source.
    package static let source = "alertmanager"

    /// - Throws: `InvalidFields` for another version or a body without a list of alerts; ``TooManyAlerts``.
    package static func parse(_ body: JSONValue, _ context: FormatContext) throws -> ParsedAlerts {
        guard body["version"]?.text == "4" else { throw InvalidFields("/version", "must be \"4\"") }
        guard let items = body["alerts"]?.array else { throw InvalidFields("/alerts", "must be an array") }
        guard items.count <= AlertLimits.batch else { throw TooManyAlerts(count: items.count) }
        let correlation = (body["groupKey"]?.string).flatMap { $0.isEmpty ? nil : $0 }.map {
            CorrelationKey.alertmanager(groupKey: $0, of: context.integration.id, digest: context.digest)
        }
        var parsed = ParsedAlerts(format: .alertmanagerWebhook, events: [])
        for (index, item) in items.enumerated() {
            do throws(InvalidFields) {
                parsed.events.append(try event(item, at: "/alerts/\(index)", correlation, context))
            } catch {
                parsed.quarantined.append(QuarantinedItem(index: index, raw: item.serialized, faults: error.faults))
            }
        }
        return parsed
    }

    private static func event(
        _ item: JSONValue, at pointer: String, _ correlation: CorrelationKey?, _ context: FormatContext
    ) throws(InvalidFields) -> AlertEvent {
        let alert = try PrometheusAlert(item, at: pointer)
        let action: AlertEvent.Action
        switch item["status"]?.string {
        case "firing": action = .trigger
        case "resolved": action = .resolve
        default: throw InvalidFields(pointer + "/status", "must be firing or resolved")
        }
        let given = NormalText.identity(item["fingerprint"]?.string, characters: DedupKey.characterLimit / 2)
        return alert.event(
            source: source, dedupKey: .fingerprint(given ?? alert.fingerprint), action: action, correlation: correlation, context)
    }
}
