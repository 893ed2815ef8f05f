import Contracts
import HTTPTypes
import Hummingbird
import ServiceKit

extension Request {
    /// The version in `If-Match: "v7"`; nil when the header is absent or `*`.
    func ifMatchVersion() throws -> Int? {
        guard let raw = headers[.ifMatch], raw != "*" else { return nil }
        guard raw.hasPrefix("\"v"), raw.hasSuffix("\""), let version = Int(raw.dropFirst(2).dropLast()) else {
            throw Problem.preconditionFailed
        }
        return version
    }

    /// The optional `{"notes": …}` of a transition; a transition without a body is fine.
    func optionalNote(_ context: CallContext) async throws -> String? {
        guard headers[.transferEncoding] != nil || headers[.contentLength] ?? "0" != "0" else { return nil }
        var fields = FieldReader(try await jsonBody(context))
        let notes = fields.optionalText("notes", 1...TimelineEntry.noteLimit)
        let note = fields.optionalText("note", 1...TimelineEntry.noteLimit)
        try fields.finish()
        return notes ?? note
    }
}

extension CallContext {
    /// The incident that the path names by id or number.
    func incident() throws -> IncidentReference {
        guard let text = parameters.get("id"), let reference = IncidentReference(text) else { throw IncidentError.notFound }
        return reference
    }
}

extension Incident {
    var headers: HTTPFields { [.eTag: "\"v\(version)\""] }
}
