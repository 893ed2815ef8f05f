package import Contracts
import Foundation

/// Our own body: one alert (interop §0), or the end of one. People write it by hand, so everything wrong with it is said at once.
package enum NativeFormat {
    /// What a body says of its alert; Alertmanager's words.
    private enum Status: String, CaseIterable { case firing, resolved }

    /// Assumed where a body names no source.
    package static let defaultSource = "api"

    /// - Throws: `InvalidFields` with all faults.
    package static func parse(_ body: JSONValue, _ context: FormatContext) throws(InvalidFields) -> AlertEvent {
        var fields = FieldReader(body)
        // The end of an alert needs nothing but its key; what else is sent is checked all the same.
        let isEnd = fields.optionalChoice("status", Status.self) == .resolved
        let service = service(&fields, isRequired: !isEnd, context)
        let severity = severity(&fields, isRequired: !isEnd, context)
        let wording = wording(&fields, isRequired: !isEnd)
        let source = fields.optionalIdentity("source", characters: AlertLimits.sourceCharacters) ?? defaultSource
        let given = fields.optionalIdentity("dedup_key", characters: DedupKey.characterLimit)
        if let given, given.unicodeScalars.contains(where: \.isInvisible) {
            fields.fault("dedup_key", "must not have control or invisible characters")
        }
        if isEnd, given == nil { fields.fault("dedup_key", "is required to resolve an alert") }
        let labels = fields.stringMap("labels", atMost: AlertLimits.labels, bytes: AlertLimits.labelBytes)
        let links = links(&fields)
        let reportedAt = fields.optionalTime("timestamp")
        try fields.finish()
        return AlertEvent(
            source: source,
            dedupKey: given.map(DedupKey.init(rawValue:))
                ?? .automatic(source: source, service: service, title: wording.title, digest: context.digest),
            action: isEnd ? .resolve : .trigger, severity: severity, service: service,
            team: NormalText.identity(labels["team"], characters: AlertLimits.teamCharacters) ?? context.integration.team,
            title: NormalText.cut(wording.title, characters: AlertLimits.titleCharacters), description: wording.description,
            labels: labels, links: links, reportedAt: reportedAt, raw: body.serialized
        )
    }

    private static func service(_ fields: inout FieldReader, isRequired: Bool, _ context: FormatContext) -> String {
        if isRequired { return fields.identity("service", characters: AlertLimits.serviceCharacters) }
        return fields.optionalIdentity("service", characters: AlertLimits.serviceCharacters) ?? context.integration.service ?? ""
    }

    private static func severity(_ fields: inout FieldReader, isRequired: Bool, _ context: FormatContext) -> Severity {
        guard let value = fields.value("severity") else {
            if isRequired { fields.fault("severity", "is required") }
            return context.integration.defaultSeverity
        }
        let text = value.string?.trimmed.lowercased()
        if let text, let severity = Severity(rawValue: text) { return severity }
        fields.fault("severity", "must be one of " + Severity.allCases.map(\.rawValue).joined(separator: ", "))
        return .medium
    }

    /// `title` and `description`, or `message` for either; a message too long for a title is kept whole as the description.
    private static func wording(_ fields: inout FieldReader, isRequired: Bool) -> (title: String, description: String?) {
        let message = fields.optionalText("message", 1...AlertLimits.descriptionCharacters)
        let title = fields.optionalText("title", 1...AlertLimits.descriptionCharacters)
        let description = fields.optionalText("description", 0...AlertLimits.descriptionCharacters)
        if isRequired, fields.value("message") == nil, fields.value("title") == nil { fields.fault("message", "is required") }
        let heading = title ?? message ?? ""
        let isCut = !heading.hasLength(in: 0...AlertLimits.titleCharacters)
        return (heading, description ?? (title == nil ? nil : message) ?? (isCut ? heading : nil))
    }

    private static func links(_ fields: inout FieldReader) -> [AlertLink] {
        var links: [AlertLink] = []
        for (index, item) in fields.items("links", atMost: AlertLimits.links).enumerated() {
            if let link = WebLink.read(item) {
                links.append(link)
            } else {
                let detail = "must be an http or https URL, or an object with href and text"
                fields.absorb([FieldFault(pointer: "/links/\(index)", detail: detail)])
            }
        }
        return links
    }
}

extension Unicode.Scalar {
    /// Control, bidirectional and zero-width characters: nothing an identifier may hide (reliability INP-2).
    var isInvisible: Bool {
        if (0x20..<0x7F).contains(value) { return false }
        return properties.generalCategory == .control || properties.generalCategory == .format
    }
}
