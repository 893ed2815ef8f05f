package import Contracts
import Foundation

/// A whole schedule as clients send it: in either plain dialect (`interop.md` §0), or with layers.
extension ScheduleDraft {
    package init(body: JSONValue) throws(InvalidFields) {
        var fields = FieldReader(body)
        let team = fields.text("team", TeamName.length)
        if fields.value("layers") != nil {
            let zone = fields.zone()
            let layers = fields.layers(zone: zone)
            fields.refusePlainFields()
            try fields.finish()
            self.init(team: team, layers: layers)
        } else {
            let members = fields.roster()
            let rotation = RotationDraft(
                kind: fields.rotationKind() ?? .weekly, zone: fields.zone(), handoffTime: fields.handoffTime(),
                handoffDay: fields.handoffDay(), start: fields.start()
            )
            try fields.finish()
            self.init(team: team, members: members, rotation: rotation)
        }
    }
}

extension ScheduleEdit {
    package init(body: JSONValue) throws(InvalidFields) {
        var fields = FieldReader(body)
        let layers = fields.value("layers") == nil ? nil : fields.layers(zone: nil)
        if layers != nil { fields.refusePlainFields(PlainField.all + ["time_zone", "add_members", "remove_members"]) }
        self.init(
            kind: fields.rotationKind(), zone: fields.zone(), handoffTime: fields.handoffTime(), handoffDay: fields.handoffDay(),
            start: fields.start(), add: fields.members("add_members"),
            remove: fields.texts("remove_members", atMost: Schedule.mostMembers, EMail.nameLength), layers: layers
        )
        try fields.finish()
    }
}

/// What a team may be called; the database checks the same.
enum TeamName {
    static let length = 1...100
    static let rule = "must have 1 to 100 characters"
}

/// What says how a plain schedule turns, and what a schedule with layers says in each layer.
private enum PlainField {
    static let all = ["members", "primary", "secondary", "rotation_type", "rotation", "handoff_time", "handoff_day", "start"]
}

extension FieldReader {
    fileprivate mutating func refusePlainFields(_ names: [String] = PlainField.all) {
        for name in names where value(name) != nil { fault(name, "cannot be given together with layers") }
    }

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

    mutating func zone() -> Zone? {
        parsed("time_zone", "must be an IANA name such as Europe/Berlin, or UTC") { Zone($0) }
    }

    mutating func handoffTime() -> LocalTime? {
        time("handoff_time")
    }

    mutating func time(_ key: String) -> LocalTime? {
        parsed(key, "must be a time of day such as 09:00") { LocalTime($0) }
    }

    mutating func start() -> LocalDate? {
        parsed("start", "must be a date from 1970 on such as 2026-03-02") { LocalDate($0) }
    }

    mutating func handoffDay() -> Weekday? {
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
