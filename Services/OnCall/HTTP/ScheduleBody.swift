import Contracts
import Foundation

/// A whole schedule as clients send it, in either dialect (`interop.md` §0).
extension ScheduleDraft {
    init(body: JSONValue) throws(InvalidFields) {
        var fields = FieldReader(body)
        let team = fields.text("team", TeamName.length)
        let members = fields.roster()
        let kind = fields.rotationKind() ?? .weekly
        let rotation = RotationDraft(
            kind: kind, zone: fields.zone(), handoffTime: fields.handoffTime(), handoffDay: fields.handoffDay(), start: fields.start()
        )
        try fields.finish()
        self.init(team: team, members: members, rotation: rotation)
    }
}

extension ScheduleEdit {
    init(body: JSONValue) throws(InvalidFields) {
        var fields = FieldReader(body)
        self.init(
            kind: fields.rotationKind(), zone: fields.zone(), handoffTime: fields.handoffTime(), handoffDay: fields.handoffDay(),
            start: fields.start(), add: fields.members("add_members"),
            remove: fields.texts("remove_members", atMost: Schedule.mostMembers, EMail.nameLength)
        )
        try fields.finish()
    }
}

extension FieldReader {
    /// The members in either dialect, at least one.
    fileprivate mutating func roster() -> [Member] {
        let faultsBefore = faults.count
        let roster = has("members") ? members("members") : rosterByRole()
        if roster.isEmpty, faults.count == faultsBefore { fault("members", "must name at least one member") }
        return roster
    }

    /// The second dialect: `"primary": ["alice"], "secondary": ["carol"]`.
    private mutating func rosterByRole() -> [Member] {
        let roster = members("primary", role: .primary) + members("secondary", role: .secondary)
        if roster.count > Schedule.mostMembers { fault("primary", "makes more than \(Schedule.mostMembers) members") }
        return roster
    }

    fileprivate mutating func rotationKind() -> RotationKind? {
        let kind = optionalChoice("rotation_type", RotationKind.self)
        let otherwise = optionalChoice("rotation", RotationKind.self)
        return kind ?? otherwise
    }

    fileprivate mutating func zone() -> Zone? {
        parsed("time_zone", "must be an IANA name such as Europe/Berlin, or UTC") { Zone($0) }
    }

    fileprivate mutating func handoffTime() -> LocalTime? {
        parsed("handoff_time", "must be a time of day such as 09:00") { LocalTime($0) }
    }

    fileprivate mutating func start() -> LocalDate? {
        parsed("start", "must be a date from 1970 on such as 2026-03-02") { LocalDate($0) }
    }

    fileprivate mutating func handoffDay() -> Weekday? {
        optionalChoice("handoff_day", Weekday.self)
    }

    private mutating func parsed<Value>(_ key: String, _ rule: String, _ parse: (String) -> Value?) -> Value? {
        guard let value = value(key) else { return nil }
        guard let text = value.string, let parsed = parse(text) else {
            fault(key, rule)
            return nil
        }
        return parsed
    }
}
