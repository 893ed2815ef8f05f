import Contracts
import Foundation

/// One alert as Prometheus and Alertmanager write it: labels, annotations, times, a link to its graph.
struct PrometheusAlert {
    private static let annotationLinks = [
        (name: "runbook_url", text: "Runbook"), (name: "dashboard_url", text: "Dashboard"), (name: "dashboard", text: "Dashboard"),
    ]

    let item: JSONValue
    let labels: [(name: String, value: String)]
    let annotations: [String: String]
    let startsAt: Date?
    let endsAt: Date?

    /// - Throws: `InvalidFields` when the item is no object or has no labels; anything else odd is read as absent.
    init(_ item: JSONValue, at pointer: String) throws(InvalidFields) {
        guard item.members != nil else { throw InvalidFields(pointer, "must be an object") }
        guard let members = item["labels"]?.members else { throw InvalidFields(pointer + "/labels", "must be an object of strings") }
        guard !members.isEmpty else { throw InvalidFields(pointer + "/labels", "must not be empty") }
        self.item = item
        labels = members.map { ($0.key, $0.value.text) }
        annotations = Dictionary(
            (item["annotations"]?.members ?? []).map { ($0.key, $0.value.text) }, uniquingKeysWith: { first, _ in first })
        startsAt = Self.time(item["startsAt"])
        endsAt = Self.time(item["endsAt"])
    }

    var fingerprint: String { LabelFingerprint.text(of: labels) }

    /// A time that is set: Go's zero time means unset.
    private static func time(_ value: JSONValue?) -> Date? {
        guard let text = value?.string, let date = Date(rfc3339: text), date > .goZero else { return nil }
        return date.truncatedToMicroseconds
    }

    func event(
        source: String, dedupKey: DedupKey, action: AlertEvent.Action, correlation: CorrelationKey? = nil, expiresAt: Date? = nil,
        _ context: FormatContext
    ) -> AlertEvent {
        let (severity, original) = severity(context.integration)
        var shown = shownLabels
        if let original { shown["original_severity"] = original }
        return AlertEvent(
            source: source, dedupKey: dedupKey, action: action, severity: severity, service: service(context.integration),
            team: identity("team", characters: AlertLimits.teamCharacters) ?? context.integration.team, title: title,
            description: (annotations["description"] ?? annotations["message"]).flatMap(Self.description), labels: shown, links: links,
            startsAt: startsAt, expiresAt: expiresAt, reportedAt: startsAt, correlation: correlation, raw: item.serialized
        )
    }

    private func label(_ name: String) -> String? {
        labels.first { $0.name == name }?.value
    }

    private func identity(_ name: String, characters: Int) -> String? {
        NormalText.identity(label(name), characters: characters)
    }

    private func severity(_ integration: Integration) -> (Severity, original: String?) {
        guard let text = identity("severity", characters: AlertLimits.sourceCharacters) else { return (integration.defaultSeverity, nil) }
        guard let severity = SeverityMap.severity(text) else { return (integration.defaultSeverity, text) }
        return (severity, nil)
    }

    private func service(_ integration: Integration) -> String {
        let limit = AlertLimits.serviceCharacters
        return identity("service", characters: limit) ?? identity("job", characters: limit) ?? integration.service
            ?? identity("instance", characters: limit) ?? identity("host", characters: limit) ?? "unknown"
    }

    private var title: String {
        let candidates = [annotations["summary"], annotations["title"], label("alertname")]
        return candidates.lazy.compactMap { NormalText.identity($0, characters: AlertLimits.titleCharacters) }.first
            ?? "Alert without a name"
    }

    private static func description(_ text: String) -> String? {
        NormalText.identity(text, characters: AlertLimits.descriptionCharacters)
    }

    private var shownLabels: [String: String] {
        var shown: [String: String] = [:]
        for label in labels.prefix(AlertLimits.labels) where label.name.utf8.count <= AlertLimits.labelBytes {
            shown[label.name] = NormalText.cut(label.value, characters: AlertLimits.labelBytes / 4)
        }
        return shown
    }

    private var links: [AlertLink] {
        let source = (item["generatorURL"]?.string).flatMap { WebLink.make($0, text: "Source") }
        let annotated = Self.annotationLinks.compactMap { known in annotations[known.name].flatMap { WebLink.make($0, text: known.text) } }
        return [source].compactMap(\.self) + annotated
    }
}
