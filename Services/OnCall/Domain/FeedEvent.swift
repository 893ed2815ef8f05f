import Contracts
import Crypto
package import Foundation

/// One shift in a calendar.
package struct FeedEvent: Sendable, Hashable {
    /// The same for as long as the same person's shift ends at the same time, whenever and by whichever replica it is read.
    package let uid: String
    package let summary: String
    package let description: String?
    package let starts: Date
    package let ends: Date
    /// When the schedule behind it was last changed.
    package let changedAt: Date

    package init(uid: String, summary: String, description: String?, starts: Date, ends: Date, changedAt: Date) {
        self.uid = uid
        self.summary = summary
        self.description = description
        self.starts = starts
        self.ends = ends
        self.changedAt = changedAt
    }
}

extension FeedEvent {
    /// - Parameter isNamed: says in the summary who it is.
    package init(_ stretch: Stretch, isNamed: Bool, changedAt: Date) {
        let person = isNamed ? "\(stretch.member.name): " : ""
        self.init(
            uid: Self.uid(stretch), summary: "On call: \(person)\(stretch.team) (\(stretch.role.rawValue))",
            description: stretch.endIsKnown ? nil : "When this shift ends is not known: it goes on beyond what the calendar shows.",
            starts: stretch.starts, ends: stretch.ends, changedAt: changedAt)
    }

    /// Says for a day that the team's shifts are not among the others, since its schedule cannot be read.
    package init(missing team: String, on day: Date) {
        self.init(
            uid: Self.uid(["missing:1", team]), summary: "Shifts of \(team) are missing here",
            description: "The team's schedule cannot be read. Your shifts of it may have gone from this calendar and are still yours.",
            starts: day, ends: day.addingTimeInterval(86_400), changedAt: day)
    }

    /// By person, schedule, role and end (GoAlert's rule): a change in the middle of a shift moves its start and keeps the event. Without a known end
    /// it goes by the start.
    private static func uid(_ stretch: Stretch) -> String {
        let bound = stretch.endIsKnown ? "until:\(stretch.ends.rfc3339)" : "from:\(stretch.starts.rfc3339)"
        return uid(["shift:1", stretch.member.handle.lowercased(), stretch.schedule.description, stretch.role.rawValue, bound])
    }

    private static func uid(_ key: [String]) -> String {
        let digest = SHA256.hash(data: Data(key.joined(separator: "\n").utf8))
        return digest.prefix(16).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined() + "@tocsin"
    }
}
