package import Contracts
import Foundation

extension LayerDraft {
    /// Reads `{"layers": […]}` as ``LayerDocument`` writes it.
    ///
    /// - Throws: ``InvalidFields``, also for a zone that this machine's tz database does not know.
    package static func read(_ document: JSONValue) throws(InvalidFields) -> [LayerDraft] {
        var fields = FieldReader(document)
        let layers = fields.layers(zone: nil)
        try fields.finish()
        return layers
    }
}

extension FieldReader {
    /// - Parameter zone: of layers that name none.
    mutating func layers(zone: Zone?) -> [LayerDraft] {
        let items = items("layers", atMost: Layer.most)
        if items.isEmpty { fault("layers", "must have at least one item") }
        var layers: [LayerDraft] = []
        for (index, item) in items.enumerated() {
            var fields = FieldReader(item, at: pointer("layers") + "/\(index)")
            layers.append(fields.layer(number: index + 1, zone: zone))
            absorb(fields.allFaults)
        }
        if layers.reduce(0, { $0 + $1.roster.joined().count }) > Schedule.mostMembers * Layer.most {
            fault("layers", "name more people than a schedule may have")
        }
        return layers
    }

    private mutating func layer(number: Int, zone: Zone?) -> LayerDraft {
        let role = optionalChoice("role", OnCallRole.self) ?? .primary
        var layer = LayerDraft(
            name: optionalText("name", 1...100) ?? "layer \(number)", role: role, zone: self.zone() ?? zone, start: start(),
            restrictions: restrictions(), roster: turns("members", role: role)
        )
        if let rotation = value("rotation") {
            var fields = FieldReader(rotation, at: pointer("rotation"))
            fields.readRotation(into: &layer)
            absorb(fields.allFaults)
        }
        if case .shifts = layer.pace, !layer.namesShifts {
            fault("restrictions", "must name the shifts that the rotation counts, none overlapping another")
        }
        return layer
    }

    private mutating func readRotation(into layer: inout LayerDraft) {
        let kind = choice("kind", RotationWord.self) ?? .weekly
        let length = optionalInteger("length", Cadence.lengths) ?? 1
        layer.handoffTime = handoffTime()
        layer.handoffDay = handoffDay()
        if layer.handoffDay != nil, kind != .weekly { fault("handoff_day", "is for weekly rotations only") }
        if let unit = kind.unit {
            layer.pace = .clock(Cadence(unit, every: length))
        } else {
            layer.pace = .shifts(each: length)
            if layer.handoffTime != nil { fault("handoff_time", "means nothing where shifts are counted: they begin when they begin") }
        }
    }

    private mutating func restrictions() -> [Restriction] {
        var restrictions: [Restriction] = []
        for (index, item) in items("restrictions", atMost: Restriction.most).enumerated() {
            var fields = FieldReader(item, at: pointer("restrictions") + "/\(index)")
            if let restriction = fields.restriction() { restrictions.append(restriction) }
            absorb(fields.allFaults)
        }
        return restrictions
    }

    private mutating func restriction() -> Restriction? {
        let type = choice("type", RestrictionWord.self)
        let day = type == .weekly ? choice("start_day", Weekday.self) : nil
        if value("start_time") == nil { fault("start_time", "is required") }
        let start = time("start_time")
        let seconds = integer("duration_seconds", Restriction.lengths(type == .weekly ? .monday : nil))
        return start.map { Restriction(day: day, start: $0, seconds: seconds) }
    }
}

/// The kinds of rotation by their names in the API.
enum RotationWord: String, CaseIterable, Encodable {
    case hourly, daily, weekly, monthly, shifts

    /// Nil for `shifts`, which no clock counts.
    var unit: Cadence.Unit? { Cadence.Unit(rawValue: rawValue) }
}

enum RestrictionWord: String, CaseIterable, Encodable {
    case daily, weekly
}
