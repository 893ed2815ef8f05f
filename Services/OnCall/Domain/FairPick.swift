package import Foundation

/// Who is asked to cover: of those who are free, whoever was on call longest ago, newcomers first (linkedin/oncall's rule).
package enum FairPick {
    package struct Candidate: Sendable, Hashable {
        package let member: Member
        /// On call at that time already, or off.
        package let isBusy: Bool
        /// The end of the latest time on call before; nil for a newcomer.
        package let lastOnCall: Date?

        package init(member: Member, isBusy: Bool, lastOnCall: Date?) {
            self.member = member
            self.isBusy = isBusy
            self.lastOnCall = lastOnCall
        }
    }

    /// Of equals the first of the roster, so that the same question has the same answer.
    package static func pick(_ roster: [Candidate]) -> Member? {
        let free = roster.enumerated().filter { !$1.isBusy }
        return free.min { left, right in
            (left.element.lastOnCall ?? .distantPast, left.offset) < (right.element.lastOnCall ?? .distantPast, right.offset)
        }?.element.member
    }
}
