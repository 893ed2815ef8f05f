package import Foundation

/// Who is on call for a role at an instant, and why.
package struct Duty: Sendable, Hashable {
    /// What put somebody on call.
    package enum Reason: Sendable, Hashable {
        /// The turn of that layer.
        case layer(String)
        case override(Override)
        case temporary(TemporaryScheduleID)

        /// The word for logs, timelines and answers.
        package var word: String {
            switch self {
            case .layer: "rotation"
            case .override: "override"
            case .temporary: "temporary"
            }
        }

        /// The layer's name; nil for what lies above the layers.
        var layer: String? {
            if case .layer(let name) = self { name } else { nil }
        }
    }

    package struct Assignment: Sendable, Hashable {
        package let member: Member
        package let reason: Reason
    }

    /// Why nobody is on call.
    package enum Absence: String, Sendable {
        /// At that instant the team had no schedule.
        case noSchedule = "no_schedule"
        /// No layer's first turn has come.
        case notStarted = "not_started"
        /// The schedule has no member of that role.
        case noMember = "no_member"
        /// No layer covers: restrictions leave a hole.
        case gap
        /// An override took away whoever the layers name.
        case removed
        /// A temporary schedule names nobody for now.
        case temporary
    }

    /// In the order of the turn, shadows included.
    package let people: [Assignment]
    /// Nil exactly while somebody can be paged.
    package let absence: Absence?

    package static func nobody(_ absence: Absence) -> Duty { Duty([], otherwise: absence) }

    init(_ people: [Assignment], otherwise absence: Absence) {
        self.people = people
        self.absence = people.contains { !$0.member.isShadow } ? nil : absence
    }

    /// Those to page, in order.
    package var acting: [Assignment] { people.filter { !$0.member.isShadow } }

    /// The first to page.
    package var member: Member? { acting.first?.member }

    package var reason: String { absence?.rawValue ?? acting.first?.reason.word ?? "" }
}

/// A duty and the first instant at which it may be another one.
package struct DutySpan: Sendable, Hashable {
    /// Which turn of which layer underlies the duty, so that two turns of the same person stay two shifts.
    struct Turn: Sendable, Hashable {
        let layer: Int
        let index: Int
    }

    package let duty: Duty
    package let start: Date
    /// Nil when nothing known will ever change it.
    package let end: Date?
    let turn: Turn?

    init(_ duty: Duty, start: Date, end: Date?, turn: Turn? = nil) {
        self.duty = duty
        self.start = start
        self.end = end
        self.turn = turn
    }

    func continues(_ other: DutySpan) -> Bool { duty == other.duty && turn == other.turn }
}
