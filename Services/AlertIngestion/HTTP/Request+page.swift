import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// What lists in the order of their ids have in common.
extension Request {
    /// - Throws: 400 for anything but an RFC 3339 time.
    func time(_ name: String) throws -> Date? {
        guard let text = try query(name) else { return nil }
        guard let date = Date(rfc3339: text) else {
            throw Problem.badRequest(code: "bad_parameter", "\(name) must be an RFC 3339 time such as 2026-03-08T15:30:00Z.")
        }
        return date
    }

    /// The id that the page before ended with.
    /// - Throws: 400 for anything else.
    func cursor<ID: TypedID>(_ type: ID.Type) throws -> ID? {
        guard let text = try query("cursor") else { return nil }
        guard let id = ID(text) else { throw Problem.badRequest(code: "bad_cursor", "cursor must be taken from a Link header.") }
        return id
    }

    /// This request's address with another cursor, as a `Link` header.
    func nextPage(after id: some TypedID) -> String {
        let kept = (uri.query ?? "").split(separator: "&").filter { !$0.hasPrefix("cursor=") }
        return "<\(uri.path)?\((kept + ["cursor=\(id)"]).joined(separator: "&"))>; rel=\"next\""
    }
}
