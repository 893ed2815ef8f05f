package import Auth
import Calendars
package import Foundation
import ServiceClients

/// Where the calendars of feeds come from.
package protocol CalendarSource: Sendable {
    /// - Throws: ``CalendarDownloadError``.
    func calendar(at url: Secret, _ known: CalendarFeedStore.Validators) async throws -> CalendarDownload
}

/// An answer of the other side.
package enum CalendarDownload: Sendable {
    case unchanged
    case content(Data, CalendarFeedStore.Validators)
}

/// Why nothing was read, in one word of a closed set.
package struct CalendarDownloadError: Error, Sendable, Hashable {
    package let label: String

    package init(_ label: String) {
        self.label = label
    }
}

/// The web, through the guard for URLs that people give.
struct WebCalendarSource: CalendarSource {
    let client: EgressClient

    /// Bytes of an answer that are read.
    static let bodyLimit = CalendarLimits.bytes
    /// Bytes of an `ETag` or a date that are kept and sent back.
    private static let validatorLimit = 200

    func calendar(at url: Secret, _ known: CalendarFeedStore.Validators) async throws -> CalendarDownload {
        var headers = [(name: "accept", value: "text/calendar")]
        if let etag = known.etag { headers.append((name: "if-none-match", value: etag)) }
        if let date = known.lastModified { headers.append((name: "if-modified-since", value: date)) }
        let answer: HTTPAnswer
        do throws(EgressError) {
            answer = try await client.send("GET", url.reveal(), headers: headers)
        } catch {
            throw CalendarDownloadError(error.label)
        }
        switch answer.status {
        case 200:
            let validators = CalendarFeedStore.Validators(
                etag: Self.kept(answer.header("etag")), lastModified: Self.kept(answer.header("last-modified")))
            return .content(answer.body, validators)
        case 304 where known.etag != nil || known.lastModified != nil: return .unchanged
        case 300...399: throw CalendarDownloadError("redirected")
        case 401, 403, 404, 410: throw CalendarDownloadError("refused_\(answer.status)")
        default: throw CalendarDownloadError(answer.status >= 500 ? "server_error" : "refused")
        }
    }

    /// Anything but visible ASCII could not be sent back.
    private static func kept(_ value: String?) -> String? {
        value.flatMap { $0.utf8.count <= validatorLimit && $0.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? $0 : nil }
    }
}
