package import Foundation

/// Whom a team tells of its hand-offs, and how long ahead.
package struct HandoffRule: Sendable, Hashable {
    package enum Audience: String, Codable, Sendable, CaseIterable {
        case onCall = "oncall"
        case offCall = "offcall"
        case both

        func wants(_ kind: HandoffNotice.Kind) -> Bool {
            switch self {
            case .both: true
            case .onCall: kind == .onCall
            case .offCall: kind == .offCall
            }
        }
    }

    /// 0 is the hand-off itself; rising, each once. Empty tells nobody.
    package let minutesAhead: [Int]
    package let audience: Audience
    /// Hand-offs up to the moment at which the rule was made are not told of.
    package let since: Date

    package init(minutesAhead: [Int], audience: Audience, since: Date) {
        self.minutesAhead = Set(minutesAhead).sorted()
        self.audience = audience
        self.since = since
    }

    /// Two weeks: what is further ahead is in the calendar.
    package static let leads = 0...20_160
    /// A month, a week, a day, an hour before and the hand-off itself, as it were.
    package static let mostLeads = 5

    package static func none(since: Date) -> HandoffRule { HandoffRule(minutesAhead: [], audience: .both, since: since) }
}
