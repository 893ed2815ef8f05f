import Contracts
package import Foundation

/// One page of the incident list, ready to be sent.
package struct IncidentPage: Sendable, Hashable {
    /// A JSON array of `IncidentView`.
    package let body: String
    /// Where the next page begins; nil when there is none.
    package let next: ListCursor?

    init(body: String, next: ListCursor?) {
        self.body = body
        self.next = next
    }

    init(_ slice: IncidentSlice) throws {
        self.init(body: try WireJSON.encodeText(slice.incidents.map(\.view)), next: slice.next)
    }
}

/// A page with the stamp of the table it was read under, as a cache keeps it: stamp, cursor and body, a line each.
package struct StampedPage: Sendable, Hashable {
    package let stamp: String
    package let page: IncidentPage

    package init(stamp: String, page: IncidentPage) {
        self.stamp = stamp
        self.page = page
    }

    /// Nil for what is none of ours.
    package init?(_ data: Data) {
        let lines = data.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3, let body = String(data: lines[2], encoding: .utf8), body.hasPrefix("["), body.hasSuffix("]") else {
            return nil
        }
        let place = String(decoding: lines[1], as: UTF8.self)
        let next = ListCursor(place)
        guard place.isEmpty || next != nil else { return nil }
        self.init(stamp: String(decoding: lines[0], as: UTF8.self), page: IncidentPage(body: body, next: next))
    }

    package var data: Data { Data("\(stamp)\n\(page.next?.text ?? "")\n\(page.body)".utf8) }
}
