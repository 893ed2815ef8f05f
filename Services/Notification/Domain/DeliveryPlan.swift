package import Contracts
import Foundation

/// One delivery a page will make: by which channel, where to, how long after the page.
package struct PlannedDelivery: Sendable, Hashable {
    package let channel: ChannelKind
    package let address: String
    package let contactMethod: ContactMethodID?
    package let delayMinutes: Int

    package init(channel: ChannelKind, address: String, contactMethod: ContactMethodID? = nil, delayMinutes: Int = 0) {
        self.channel = channel
        self.address = address
        self.contactMethod = contactMethod
        self.delayMinutes = delayMinutes
    }
}

/// How a page becomes deliveries.
///
/// The recipient's rules decide; somebody without rules gets e-mail and every webhook at once. An e-mail rule goes to the account's address
/// unless the person named mailboxes. A rule that leads nowhere, such as one for SMS without a telephone, counts as one that failed: the first of the
/// others takes its time, and when all lead nowhere they count as none, for a page must leave. A recipient whose address is an https URL
/// (FALLBACK_CONTACT) is reached by webhook. `channels` narrows the plan; when it leaves nothing, the named channels are used at once, so that a
/// restriction never turns a reachable person into an unreachable one.
package struct DeliveryPlan: Sendable {
    /// Deliveries of one page; the latest ones are left out.
    package static let limit = 20

    private static let defaultWishes: [(channel: ChannelKind, delayMinutes: Int)] = [(.email, 0), (.webhook, 0)]

    private let recipient: Recipient
    private let methods: [ContactMethod]

    package init(recipient: Recipient, methods: [ContactMethod]) {
        self.recipient = recipient
        self.methods = methods.filter(\.isEnabled)
    }

    package func deliveries(rules: [NotificationRule], channels: [ChannelKind]?) -> [PlannedDelivery] {
        let wishes = rules.isEmpty ? Self.defaultWishes : rules.map { ($0.channel, $0.delayMinutes) }
        let wished = unique(hurried(wishes).flatMap { deliveries(by: $0.channel, after: $0.delayMinutes) })
        let byRules = wished.isEmpty ? unique(Self.defaultWishes.flatMap { deliveries(by: $0.channel, after: $0.delayMinutes) }) : wished
        guard let channels else { return byRules }
        let narrowed = byRules.filter { channels.contains($0.channel) }
        return narrowed.isEmpty ? unique(channels.flatMap { deliveries(by: $0, after: 0) }) : narrowed
    }

    /// The first wishes that lead somewhere, in the place of earlier ones that do not.
    private func hurried(_ wishes: [(channel: ChannelKind, delayMinutes: Int)]) -> [(channel: ChannelKind, delayMinutes: Int)] {
        let alive = wishes.filter { !deliveries(by: $0.channel, after: $0.delayMinutes).isEmpty }
        let dead = wishes.filter { deliveries(by: $0.channel, after: $0.delayMinutes).isEmpty }
        guard let first = alive.map(\.delayMinutes).min(), let gap = dead.map(\.delayMinutes).min(), gap < first else { return alive }
        return alive.map { $0.delayMinutes == first ? ($0.channel, gap) : $0 }
    }

    private func deliveries(by channel: ChannelKind, after delay: Int) -> [PlannedDelivery] {
        let own = methods.filter { $0.kind == channel }
        if !own.isEmpty {
            return own.map { PlannedDelivery(channel: channel, address: $0.address, contactMethod: $0.id, delayMinutes: delay) }
        }
        switch channel {
        case .email:
            return MailAddress(recipient.email).map { [PlannedDelivery(channel: .email, address: $0.text, delayMinutes: delay)] } ?? []
        case .mock:
            let address = recipient.email.isEmpty ? recipient.name : recipient.email
            return [PlannedDelivery(channel: .mock, address: address, delayMinutes: delay)]
        case .webhook:
            guard recipient.email.hasPrefix("https://") else { return [] }
            return [PlannedDelivery(channel: .webhook, address: recipient.email, delayMinutes: delay)]
        case .sms, .slack:
            return []
        }
    }

    private func unique(_ deliveries: [PlannedDelivery]) -> [PlannedDelivery] {
        var seen: Set<PlannedDelivery> = []
        let once = deliveries.filter { seen.insert($0).inserted }
        return Array(
            once.enumerated().sorted { ($0.element.delayMinutes, $0.offset) < ($1.element.delayMinutes, $1.offset) }
                .map(\.element).prefix(Self.limit))
    }
}
