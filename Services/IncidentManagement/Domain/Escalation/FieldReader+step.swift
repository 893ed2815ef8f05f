import Contracts
import Foundation

/// The parts of a policy's step. Each notes its faults and returns something usable, as the reader's own do.
extension FieldReader {
    /// More people and systems than one level pages.
    private static let mostTargets = 20

    mutating func steps(_ key: String) -> [EscalationStep] {
        let steps = objects(key, 1...EscalationPolicy.stepLimit) { fields in fields.step() }
        if faults.isEmpty, !steps.contains(where: { !$0.notifications.isEmpty }) {
            fault(key, "must page somebody: no step has an action of the type notify")
        }
        return steps
    }

    private mutating func step() -> EscalationStep {
        let delay = optionalInteger("delay_minutes", 0...EscalationPolicy.delayLimitMinutes) ?? 0
        let actions = objects("actions", 1...EscalationStep.actionLimit) { fields in fields.action() }.compactMap(\.self)
        let step = EscalationStep(delayMinutes: delay, actions: actions, gate: gate("gate"))
        if !step.notifications.isEmpty, actions.contains(where: \.setsStatus) {
            fault("actions", "a step that sets the status pages nobody: its pages would be taken back at once")
        }
        return step
    }

    private mutating func action() -> StepAction? {
        guard let kind = choice("type", StepAction.Kind.self) else {
            ignore(["targets", "channels", "message", "round_robin", "severity", "status", "url"])
            return nil
        }
        switch kind {
        case .notify:
            let channels = choices("channels", ChannelKind.self)
            return .notify(
                .init(
                    targets: targets("targets"), channels: channels.isEmpty ? nil : channels,
                    message: optionalText("message", 1...StepAction.Notify.messageLimit), isRoundRobin: optionalBool("round_robin") ?? false
                ))
        case .assign: return .assign(targets("targets"))
        case .setSeverity: return choice("severity", Severity.self).map { .setSeverity($0) }
        case .setStatus:
            let status = choice("status", IncidentStatus.self)
            if status == .open { fault("status", "must be acknowledged, investigating or resolved") }
            return status.map { .setStatus($0) }
        case .webhook: return .webhook(url("url"))
        }
    }

    private mutating func targets(_ key: String) -> [StepTarget] {
        objects(key, 1...Self.mostTargets) { fields in fields.target() }.compactMap(\.self)
    }

    private mutating func target() -> StepTarget? {
        guard let kind = choice("type", StepTarget.Kind.self) else {
            ignore(["role", "team", "schedule", "user_id", "channel", "address", "url"])
            return nil
        }
        switch kind {
        case .onCall:
            let team = optionalText("team", 1...255)
            return choice("role", OnCallRole.self).map { .onCall($0, team: team) }
        case .schedule: return .schedule(text("schedule", 1...255))
        case .user: return id("user_id", UserID.self).map { .user($0) }
        case .team: return .team(optionalText("team", 1...255))
        case .assignees: return .assignees
        case .admins: return .admins
        case .webhook: return .webhook(url("url"))
        case .channel:
            let channel = choice("channel", ChannelKind.self)
            if channel == .webhook { return .channel(.webhook, address: url("address")) }
            let address = text("address", 3...254)
            if let channel, !StepTarget.addressable.contains(channel) {
                fault("channel", "must be email or webhook: nothing else takes an address yet")
            } else if !address.contains("@") || address.contains(where: \.isWhitespace) {
                fault("address", "must be an e-mail address such as ops@example.org")
            }
            return .channel(.email, address: address)
        }
    }

    /// A URL that messages may be sent to; whether its host may be reached is decided when it is called.
    private mutating func url(_ key: String) -> String {
        let text = text(key, 9...2_000)
        if !text.isEmpty, URL(string: text)?.host == nil || !text.hasPrefix("https://") { fault(key, "must be an https URL") }
        return text
    }

    private mutating func gate(_ key: String) -> StepGate? {
        nested(key) { fields -> StepGate? in
            let otherwise = fields.optionalChoice("otherwise", StepGate.Otherwise.self) ?? .wait
            switch fields.choice("type", StepGate.Kind.self) {
            case .time: return StepGate(.hours(fields.hours()), otherwise: otherwise)
            case .rate:
                let alerts = fields.integer("alerts", StepGate.alertRange)
                return StepGate(.rate(alerts: alerts, minutes: fields.integer("minutes", StepGate.minuteRange)), otherwise: otherwise)
            case nil:
                fields.ignore(["from", "to", "weekdays", "time_zone", "alerts", "minutes"])
                return nil
            }
        } ?? nil
    }

    mutating func hours(_ key: String) -> LocalHours? {
        nested(key) { fields in fields.hours() }
    }

    private mutating func hours() -> LocalHours {
        LocalHours(
            from: minute("from"), to: minute("to"), weekdays: choices("weekdays", LocalHours.Weekday.self),
            timeZone: optionalTimeZone("time_zone") ?? "UTC"
        )
    }

    private mutating func minute(_ key: String) -> Int {
        let text = text(key, 5...5)
        guard let minute = LocalHours.minute(text) else {
            if !text.isEmpty { fault(key, "must be a time of day such as 09:00") }
            return 0
        }
        return minute
    }

    /// Members that may be right once the fault before them is mended.
    private mutating func ignore(_ keys: [String]) {
        for key in keys { _ = value(key) }
    }
}

extension StepAction {
    fileprivate var setsStatus: Bool {
        if case .setStatus = self { return true }
        return false
    }
}
