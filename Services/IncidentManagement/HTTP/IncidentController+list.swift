import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

extension IncidentController {
    /// Pages a person may leaf through by number; beyond it the cursor serves.
    private static let offsetLimit = 10_000
    private static let pageLimit = 200

    func list(request: Request, context: CallContext) async throws -> EncodedJSON {
        let filter = try Self.filter(request)
        let page = try await lists.page(filter, now: clock.now)
        var headers = HTTPFields()
        if let cursor = page.next {
            headers[.link] = "<\(request.uri.path)?\(try Self.query(request, cursor: cursor, limit: filter.limit))>; rel=\"next\""
        }
        return EncodedJSON(page.body, headers: headers)
    }

    private static func filter(_ request: Request) throws -> IncidentFilter {
        var filter = IncidentFilter()
        filter.limit = try request.limit(default: 50, max: pageLimit)
        filter.statuses = try words(request, "status", code: "bad_status") { IncidentStatus(lenient: $0) }
        filter.severities = try words(request, "severity", code: "bad_severity") { Severity(rawValue: $0) }
        filter.service = try request.query("service")
        filter.team = try request.query("team")
        filter.assignee = try request.query("assignee")
        let sources = try words(request, "source", code: "bad_source") { IncidentView.Source(rawValue: $0) }
        guard sources.count <= 1 else { throw Problem.badRequest(code: "bad_source", "source takes one value") }
        filter.source = sources.first
        filter.since = try time(request, "since")
        filter.until = try time(request, "until")
        filter.words = try request.query("q").map { String($0.prefix(255)) }
        if let cursor = try request.query("cursor") {
            guard let place = ListCursor(cursor) else { throw Problem.badRequest(code: "bad_cursor", "cursor is not one of ours") }
            filter.after = place
        } else if let page = try request.query("page") {
            guard let number = Int(page), number >= 1, number - 1 <= offsetLimit / filter.limit else {
                throw Problem.badRequest(code: "bad_page", "page must be from 1; beyond \(offsetLimit) rows use cursor")
            }
            filter.offset = (number - 1) * filter.limit
        }
        return filter
    }

    /// A comma-separated list of known words.
    private static func words<Word: CaseIterable & RawRepresentable<String>>(
        _ request: Request, _ name: String, code: String, _ read: (String) -> Word?
    ) throws -> [Word] {
        try (request.query(name) ?? "").split(separator: ",").map { text in
            guard let word = read(String(text)) else {
                let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem.badRequest(code: code, "\(name) has a value that does not exist; there are \(known)")
            }
            return word
        }
    }

    private static func time(_ request: Request, _ name: String) throws -> Date? {
        guard let text = try request.query(name) else { return nil }
        guard let date = Date(rfc3339: text) else {
            throw Problem.badRequest(code: "bad_\(name)", "\(name) must be an RFC 3339 time")
        }
        return date
    }

    /// The same question, one page on.
    private static func query(_ request: Request, cursor: ListCursor, limit: Int) throws -> String {
        let kept = request.uri.queryParameters.filter { !["cursor", "page", "limit"].contains(String($0.key)) }
        let parts = kept.map { "\($0.key)=\(Self.escaped(String($0.value)))" } + ["limit=\(limit)", "cursor=\(cursor.text)"]
        return parts.joined(separator: "&")
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~"))) ?? ""
    }
}
