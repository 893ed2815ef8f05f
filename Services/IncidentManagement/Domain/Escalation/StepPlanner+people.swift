import Contracts
import Foundation

extension StepPlanner {
    /// The people of one notification who can be reached.
    struct Group {
        let index: Int
        let notify: StepAction.Notify
        var recipients: [Recipient]
        let ownChannels: [String: [ChannelKind]]

        func filtered(_ keeps: (Recipient) -> Bool) -> Group {
            var group = self
            group.recipients = recipients.filter(keeps)
            return group
        }

        func channels(of recipient: Recipient) -> [ChannelKind]? { ownChannels[recipient.key] ?? notify.channels }
    }

    /// Nobody stands in two notifications of a step: the first that leads to a person is theirs.
    func people(_ facts: StepFacts) -> [Group] {
        var seen: Set<String> = []
        return step.notifications.map { index, notify in
            var recipients: [Recipient] = []
            var channels: [String: [ChannelKind]] = [:]
            for target in notify.targets {
                for recipient in self.recipients(of: target, facts) where recipient.isReachable && seen.insert(recipient.key).inserted {
                    recipients.append(recipient)
                    channels[recipient.key] = target.ownChannels
                }
            }
            return Group(index: index, notify: notify, recipients: recipients, ownChannels: channels)
        }
    }

    /// Whom the step names and nothing leads to: neither account nor address, or somebody who left.
    func lost(_ facts: StepFacts) -> [Recipient] {
        let named = step.notifications.flatMap { $0.notify.targets.flatMap { recipients(of: $0, facts) } }
        var seen: Set<String> = []
        return named.filter { !$0.isReachable && seen.insert($0.name).inserted }
    }

    /// OnCall answers without saying for which team it found somebody, so among several actions that name people on call everybody of a role
    /// belongs to the first that names it.
    func recipients(of target: StepTarget, _ facts: StepFacts) -> [Recipient] {
        if let address = target.address { return [address] }
        if !target.questions(team: incident.team).isEmpty, actionsWithQuestions == 1 { return facts.onCall }
        let roles = Set(
            target.questions(team: incident.team).compactMap { question in
                if case .onCall(_, let role) = question { role.rawValue } else { nil }
            })
        return roles.isEmpty ? facts.known[target] ?? [] : facts.onCall.filter { roles.contains($0.role) }
    }

    private var actionsWithQuestions: Int {
        step.actions.count { action in
            switch action {
            case .notify(let notify): notify.targets.contains { !$0.questions(team: incident.team).isEmpty }
            case .assign(let targets): targets.contains { !$0.questions(team: incident.team).isEmpty }
            case .setSeverity, .setStatus, .webhook: false
            }
        }
    }

    func isAwake(_ recipient: Recipient, _ hours: LocalHours, _ facts: StepFacts, at now: Date) -> Bool {
        !recipient.isPerson || hours.contains(now, in: zone(of: recipient, facts))
    }

    func zone(of recipient: Recipient, _ facts: StepFacts) -> String? {
        recipient.userID.flatMap { facts.timeZones[$0] }
    }
}

extension Recipient {
    /// Somebody with a night, not an address.
    var isPerson: Bool { role != "channel" && role != "webhook" }
}
