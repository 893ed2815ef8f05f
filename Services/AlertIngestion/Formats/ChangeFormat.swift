package import Contracts
import Foundation

/// PagerDuty's change event, version 2 (interop §1.4): `{routing_key, payload: {summary, timestamp, source, custom_details}, links}`. Members that
/// we do not know are left alone, as a vendor's body may have more.
package enum ChangeFormat {
    /// - Throws: `InvalidFields` with all faults.
    package static func parse(_ body: JSONValue, _ context: FormatContext) throws(InvalidFields) -> ChangeEvent {
        var fields = FieldReader(body)
        var payload = FieldReader(fields.value("payload") ?? .object([]), at: fields.pointer("payload"))
        let summary = NormalText.identity(payload.value("summary")?.string, characters: ChangeLimits.summaryCharacters)
        if summary == nil { payload.fault("summary", "must be a text") }
        let reportedAt = payload.optionalTime("timestamp")
        let details = payload.value("custom_details")
        let text = details?.serialized
        if let text, text.utf8.count > ChangeLimits.detailBytes {
            payload.fault("custom_details", "must have at most \(ChangeLimits.detailBytes) bytes")
        }
        let links = fields.items("links", atMost: AlertLimits.links).compactMap(WebLink.read)
        fields.absorb(payload.faults)
        try fields.finishLeniently()
        return ChangeEvent(
            id: .make(at: context.now), integrationID: context.integration.id, summary: summary ?? "",
            source: NormalText.identity(payload.value("source")?.string, characters: ChangeLimits.sourceCharacters),
            service: NormalText.identity(details?["service"]?.string, characters: AlertLimits.serviceCharacters)
                ?? context.integration.service,
            details: text, links: links, reportedAt: reportedAt, receivedAt: context.now.truncatedToMicroseconds)
    }
}
