import Contracts
package import Foundation

extension Incident {
    /// How long after its end an incident may be reopened instead of declared anew.
    package static let reopenWindow: TimeInterval = 30 * 60

    /// Applies an event and says what follows from it.
    ///
    /// Repeating the state one is in changes nothing and has no effects. Forward any step may be skipped; back goes only by
    /// un-acknowledge and reopen.
    /// - Throws: ``IncidentError/illegalTransition(event:from:by:)`` with the current state and who made it, or
    ///   ``IncidentError/reopenWindowOver``.
    package mutating func apply(_ event: IncidentEvent, by actor: String, at now: Date) throws(IncidentError) -> [IncidentEffect] {
        switch (status, event) {
        case (.acknowledged, .acknowledge), (.investigating, .investigate), (.resolved, .resolve), (.open, .unacknowledge),
            (.open, .reopen):
            return []
        case (.investigating, .acknowledge):
            throw illegal(event)
        case (.open, .acknowledge), (.open, .investigate):
            return changed(at: now, acknowledge(event, by: actor, at: now))
        case (.acknowledged, .investigate):
            status = .investigating
            return changed(at: now, [.record(.investigate, note: nil)])
        case (.open, .resolve(let note)), (.acknowledged, .resolve(let note)), (.investigating, .resolve(let note)):
            return changed(at: now, resolve(note: note, by: actor, at: now) + [.closeGroup(.resolved)])
        case (.acknowledged, .unacknowledge), (.investigating, .unacknowledge):
            reopen(at: now)
            return changed(at: now, [.record(.unacknowledge, note: nil), .raiseEpoch(reason: .superseded)])
        case (.resolved, .reopen):
            guard let resolution, now.timeIntervalSince(resolution.at) <= Self.reopenWindow else { throw .reopenWindowOver }
            reopen(at: now)
            return changed(at: now, [.record(.reopen, note: nil), .raiseEpoch(reason: .superseded)] + reopenGroup())
        case (_, .reassign(let people)) where status != .resolved:
            return reassign(to: people, at: now)
        case (_, .delete):
            escalation.stop()
            isDeleted = true
            return changed(at: now, [.record(.delete, note: nil), .raiseEpoch(reason: .deleted), .closeGroup(.deleted)])
        default:
            throw illegal(event)
        }
    }

    /// The last of its alerts stopped firing: the incident resolves by itself. AlertIngestion already closed the group.
    package mutating func resolveByMonitoring(at now: Date) -> [IncidentEffect] {
        guard status != .resolved else { return [] }
        return changed(at: now, resolve(note: nil, by: Self.monitoringActor, at: now))
    }

    /// Who resolves what stops firing by itself.
    package static let monitoringActor = "monitoring"

    private mutating func acknowledge(_ event: IncidentEvent, by actor: String, at now: Date) -> [IncidentEffect] {
        status = event == .investigate ? .investigating : .acknowledged
        acknowledgement = Action(actor: actor, at: now)
        escalation.stop()
        let investigation: [IncidentEffect] = event == .investigate ? [.record(.investigate, note: nil)] : []
        return [.record(.acknowledge, note: nil)] + investigation + [.raiseEpoch(reason: .acknowledged)]
    }

    private mutating func resolve(note: String?, by actor: String, at now: Date) -> [IncidentEffect] {
        status = .resolved
        resolution = Action(actor: actor, at: now)
        escalation.stop()
        return [.record(.resolve, note: note), .raiseEpoch(reason: .resolved)]
    }

    private mutating func reopen(at now: Date) {
        status = .open
        acknowledgement = nil
        resolution = nil
        escalation.restart(at: now)
    }

    /// What monitoring said before the end is over; it goes on in a new series.
    private mutating func reopenGroup() -> [IncidentEffect] {
        guard groupSeq > 0 else { return [] }
        groupSeq = AlertEventMessage.nextSeries(after: groupSeq)
        return [.reopenGroup]
    }

    private mutating func reassign(to people: [String], at now: Date) -> [IncidentEffect] {
        guard people != assignees else { return [] }
        assignees = people
        escalation.policy = escalation.policy.directed(to: people)
        // The epoch kills the pages still queued, so an open incident must page anew or nobody would hear of it.
        if status == .open { escalation.restart(at: now) } else { escalation.epoch += 1 }
        return changed(at: now, [.record(.assign, note: people.joined(separator: ", ")), .raiseEpoch(reason: .reassigned)])
    }

    private mutating func changed(at now: Date, _ effects: [IncidentEffect]) -> [IncidentEffect] {
        updatedAt = now
        version += 1
        return effects
    }

    private func illegal(_ event: IncidentEvent) -> IncidentError {
        .illegalTransition(event: event.word, from: status, by: (resolution ?? acknowledgement)?.actor)
    }
}
