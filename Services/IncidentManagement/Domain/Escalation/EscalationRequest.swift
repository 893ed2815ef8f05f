package import Contracts
package import Foundation

/// A person's wish for the next level, now, and what that person had seen.
package struct EscalationRequest: Sendable, Hashable {
    /// Times on the wire have milliseconds, stored ones microseconds.
    private static let wirePrecision: TimeInterval = 0.001

    /// Which step, from 0; nil is the next.
    package let step: Int?
    /// The firing whose page is answered.
    package let firingID: FiringID?
    /// The epoch that was seen.
    package let epoch: Int?
    /// When the page was read: the request is refused if a step fired after it (behaviours §1.4.29).
    package let asOf: Date?
    package let note: String?

    package init(step: Int? = nil, firingID: FiringID? = nil, epoch: Int? = nil, asOf: Date? = nil, note: String? = nil) {
        self.step = step
        self.firingID = firingID
        self.epoch = epoch
        self.asOf = asOf
        self.note = note
    }

    /// - Throws: `InvalidFields`.
    package init(_ body: JSONValue) throws(InvalidFields) {
        var fields = FieldReader(body)
        step = fields.optionalInteger("step", 0...EscalationPolicy.stepLimit)
        firingID = fields.optionalID("firing_id", FiringID.self)
        epoch = fields.optionalInteger("epoch", 1...Int(Int32.max))
        asOf = fields.optionalTime("as_of")
        let notes = fields.optionalText("notes", 1...TimelineEntry.noteLimit)
        let note = fields.optionalText("note", 1...TimelineEntry.noteLimit)
        self.note = notes ?? note
        try fields.finish()
    }

    /// Refuses when the incident escalated since what was seen, so that two people who answer one page do not wake two levels.
    /// - Parameter lastFired: when a step of the incident fired last.
    /// - Throws: ``IncidentError/alreadyEscalated(step:at:)``.
    package func check(_ escalation: Escalation, lastFired: Date?) throws(IncidentError) {
        let movedOn =
            epoch.map { $0 != escalation.epoch } ?? false || firingID.map { $0 != escalation.firingID } ?? false
            || asOf.map { seen in lastFired.map { $0.timeIntervalSince(seen) > Self.wirePrecision } ?? false } ?? false
        if movedOn { throw .alreadyEscalated(step: escalation.step, at: lastFired) }
    }
}
