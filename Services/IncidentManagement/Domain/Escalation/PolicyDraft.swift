package import Contracts
import Foundation

/// A policy as somebody sent it, checked.
package struct PolicyDraft: Sendable, Hashable {
    package let name: String
    package let description: String?
    /// Nil puts it behind all others.
    package let position: Int?
    package let isActive: Bool
    package let isDefault: Bool
    package let conditions: PolicyConditions
    package let policy: EscalationPolicy

    /// Positions leave room for a policy between any two.
    package static let positions = 0...1_000_000

    /// Reads and checks a body, collecting every fault with its place.
    /// - Parameter pointer: where in a document the body stands.
    /// - Throws: `InvalidFields`.
    package init(_ body: JSONValue, id: PolicyID? = nil, at pointer: String = "") throws(InvalidFields) {
        var fields = FieldReader(body, at: pointer)
        name = fields.text("name", 1...120)
        description = fields.optionalText("description", 1...1_000)
        position = fields.optionalInteger("position", Self.positions)
        isActive = fields.optionalBool("is_active") ?? true
        isDefault = fields.optionalBool("is_default") ?? false
        if isDefault, !isActive { fields.fault("is_active", "the default policy is always active") }
        conditions = fields.conditions("conditions")
        policy = EscalationPolicy(
            id: id, name: name, steps: fields.steps("steps"), repetition: fields.repetition("repeat"),
            emptyLevel: fields.optionalChoice("empty_level", EscalationPolicy.EmptyLevel.self) ?? .skip,
            exhaustion: fields.exhaustion("exhausted"), lowUrgencyHours: fields.hours("low_urgency_hours")
        )
        try fields.finish()
    }
}

extension FieldReader {
    /// A nested object, whose faults are ours; nil when absent.
    package mutating func nested<Value>(_ key: String, _ read: (inout FieldReader) -> Value) -> Value? {
        guard let value = value(key) else { return nil }
        var fields = FieldReader(value, at: pointer(key))
        let result = read(&fields)
        absorb(fields.allFaults)
        return result
    }

    /// The objects of an array, each with its own place in the faults.
    package mutating func objects<Value>(_ key: String, _ length: ClosedRange<Int>, _ read: (inout FieldReader) -> Value) -> [Value] {
        let items = items(key, atMost: length.upperBound)
        if items.count < length.lowerBound, value(key)?.array != nil || value(key) == nil {
            fault(key, "must have at least \(length.lowerBound) item" + (length.lowerBound == 1 ? "" : "s"))
        }
        var values: [Value] = []
        for (index, item) in items.enumerated() {
            var fields = FieldReader(item, at: "\(pointer(key))/\(index)")
            values.append(read(&fields))
            absorb(fields.allFaults)
        }
        return values
    }

    /// Words of an enum; absent is empty.
    mutating func choices<Choice: RawRepresentable & CaseIterable>(_ key: String, _ type: Choice.Type) -> [Choice]
    where Choice.RawValue == String {
        let texts = texts(key, atMost: Choice.allCases.count, 1...64)
        var choices: [Choice] = []
        for (index, text) in texts.enumerated() {
            if let choice = Choice(rawValue: text) {
                choices.append(choice)
            } else {
                let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
                absorb([FieldFault(pointer: "\(pointer(key))/\(index)", detail: "must be one of \(words)")])
            }
        }
        return choices
    }

    fileprivate mutating func conditions(_ key: String) -> PolicyConditions {
        nested(key) { fields in
            PolicyConditions(
                severities: fields.choices("severities", Severity.self),
                services: fields.texts("services", atMost: PolicyConditions.valueLimit, 1...255),
                teams: fields.texts("teams", atMost: PolicyConditions.valueLimit, 1...255)
            )
        } ?? PolicyConditions()
    }

    fileprivate mutating func repetition(_ key: String) -> EscalationPolicy.Repetition {
        nested(key) { fields in
            EscalationPolicy.Repetition(
                times: fields.integer("times", 0...EscalationPolicy.repeatLimit),
                afterMinutes: fields.optionalInteger("after_minutes", 1...EscalationPolicy.delayLimitMinutes) ?? 15
            )
        } ?? EscalationPolicy.Repetition(times: 0, afterMinutes: 15)
    }

    fileprivate mutating func exhaustion(_ key: String) -> EscalationPolicy.Exhaustion {
        let usual = EscalationPolicy.Exhaustion.usual
        return nested(key) { fields in
            EscalationPolicy.Exhaustion(
                pageFallback: fields.optionalBool("page_fallback") ?? usual.pageFallback,
                restartAfterMinutes: fields.optionalInteger("restart_after_minutes", EscalationPolicy.Exhaustion.restartMinutes)
                    ?? usual.restartAfterMinutes
            )
        } ?? usual
    }
}
