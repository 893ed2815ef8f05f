import Contracts
import Foundation
import Hummingbird
import ServiceKit

extension Request {
    /// The `team` parameter, trimmed.
    ///
    /// - Throws: ``InvalidFields`` (422) when it is missing or no team could be called so.
    func team() throws -> String {
        guard let team = try optionalTeam() else { throw InvalidFields("/team", "is required") }
        return team
    }

    func optionalTeam() throws -> String? {
        guard let text = try query("team")?.trimmingCharacters(in: .whitespacesAndNewlines) else { return nil }
        guard TeamName.length.contains(text.unicodeScalars.count) else { throw InvalidFields("/team", TeamName.rule) }
        return text
    }

    /// An RFC 3339 time; nil when absent.
    ///
    /// - Throws: ``InvalidFields`` (422) for anything else, and outside of ``answerable``.
    func instant(_ name: String) throws -> Date? {
        guard let text = try query(name) else { return nil }
        // A plus sign that was not escaped arrives as a space, and stands only before an offset.
        guard let date = Date(rfc3339: text) ?? Date(rfc3339: text.replacing(" ", with: "+")), Self.answerable.contains(date) else {
            throw InvalidFields("/\(name)", "must be an RFC 3339 time from 1970 to 9998 such as 2026-03-08T15:30:00Z")
        }
        return date
    }

    /// The parameters `from` and `to`.
    ///
    /// - Throws: ``InvalidFields`` (422) unless `to` is after `from`, by `longest` at most.
    func range(from now: Date, usual: TimeInterval, longest: TimeInterval = longestRange) throws -> Range<Date> {
        let from = try instant("from") ?? now
        let to = try instant("to") ?? from.addingTimeInterval(usual)
        guard from < to else { throw InvalidFields("/to", "must be after from") }
        guard to.timeIntervalSince(from) <= longest else {
            throw InvalidFields("/to", "must be at most \(Int(longest / 86_400)) days after from")
        }
        return from..<to
    }

    /// A year of daily shifts is an answer of some 60 kB.
    static let longestRange: TimeInterval = 366 * 86_400

    /// Years 1970 to 9998: what a rotation can be reckoned in, with room for its next hand-off.
    private static let answerable = Date(timeIntervalSince1970: 0)..<Date(timeIntervalSince1970: 253_370_764_800)
}
