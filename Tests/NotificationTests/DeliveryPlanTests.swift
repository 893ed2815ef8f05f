import Contracts
import Foundation
import Notification
import Testing

@Suite struct DeliveryPlanTests {
    private static let mailbox = Samples.method(.email, "alice@home.example")
    private static let hook = Samples.method(.webhook, "https://hooks.example/a")
    private static let secondHook = Samples.method(.webhook, "https://hooks.example/b")
    private static let disabled = Samples.method(.webhook, "https://hooks.example/gone", isEnabled: false)

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var methods: [ContactMethod] = []
        var rules: [NotificationRule] = []
        var channels: [ChannelKind]?
        var recipient = Samples.recipient()
        let expected: [String]
    }

    static let cases: [Case] = [
        Case(testDescription: "nobody's rules: the account's e-mail at once", expected: ["email alice@example.org +0"]),
        Case(
            testDescription: "no rules, webhooks: they too", methods: [hook, secondHook],
            expected: ["email alice@example.org +0", "webhook https://hooks.example/a +0", "webhook https://hooks.example/b +0"]),
        Case(testDescription: "own mailbox instead of the account's", methods: [mailbox], expected: ["email alice@home.example +0"]),
        Case(testDescription: "a disabled method is none", methods: [disabled], expected: ["email alice@example.org +0"]),
        Case(
            testDescription: "rules decide", methods: [hook], rules: [Samples.rule(.webhook, after: 0), Samples.rule(.email, after: 5)],
            expected: ["webhook https://hooks.example/a +0", "email alice@example.org +5"]),
        Case(
            testDescription: "earlier rules first", rules: [Samples.rule(.email, after: 5), Samples.rule(.email, after: 0)],
            expected: ["email alice@example.org +0", "email alice@example.org +5"]),
        Case(
            testDescription: "rules that lead nowhere count as none", rules: [Samples.rule(.sms, after: 0)],
            expected: ["email alice@example.org +0"]),
        Case(
            testDescription: "a rule that leads nowhere makes room for the next",
            rules: [Samples.rule(.webhook, after: 0), Samples.rule(.email, after: 2), Samples.rule(.mock, after: 5)],
            expected: ["email alice@example.org +0", "mock alice@example.org +5"]),
        Case(
            testDescription: "a later one that leads nowhere moves nothing",
            rules: [Samples.rule(.email, after: 1), Samples.rule(.sms, after: 2), Samples.rule(.mock, after: 5)],
            expected: ["email alice@example.org +1", "mock alice@example.org +5"]),
        Case(
            testDescription: "the fallback's URL is a webhook", recipient: Samples.recipient(email: "https://hooks.example/last"),
            expected: ["webhook https://hooks.example/last +0"]),
        Case(
            testDescription: "channels narrow", methods: [hook], channels: [.webhook], expected: ["webhook https://hooks.example/a +0"]),
        Case(
            testDescription: "channels never make somebody unreachable", rules: [Samples.rule(.webhook, after: 0)], channels: [.email],
            expected: ["email alice@example.org +0"]),
        Case(testDescription: "channels without any method: nothing", channels: [.sms], expected: []),
        Case(testDescription: "mock needs no method", channels: [.mock], expected: ["mock alice@example.org +0"]),
        Case(testDescription: "no address: nothing", recipient: Samples.recipient(email: ""), expected: []),
        Case(testDescription: "no usable address: nothing", recipient: Samples.recipient(email: "alice"), expected: []),
    ]

    @Test(arguments: cases) func aPageBecomesDeliveriesByTheRecipientsRules(_ given: Case) {
        let plan = DeliveryPlan(recipient: given.recipient, methods: given.methods)
        let made = plan.deliveries(rules: given.rules, channels: given.channels)
        #expect(made.map { "\($0.channel.rawValue) \($0.address) +\($0.delayMinutes)" } == given.expected)
    }

    @Test func aPageHasABoundedNumberOfDeliveries() {
        let methods = (0..<10).map { Samples.method(.webhook, "https://hooks.example/\($0)") }
        let rules = (0..<20).map { Samples.rule(.webhook, after: $0) }
        let made = DeliveryPlan(recipient: Samples.recipient(), methods: methods).deliveries(rules: rules, channels: nil)
        #expect(made.count == DeliveryPlan.limit)
    }

    @Test func aPageOfAnOldEpochIsDeadOnArrival() {
        let page = Samples.page(epoch: 1)
        let heard = page.message.incidentID.map { EpochRaised(incidentID: $0, epoch: 2, reason: "acknowledged") }
        let plan = PagePlan(page, methods: [], rules: [], heard: heard, isReplaced: false, now: Samples.now)
        #expect(plan.state == .cancelled && plan.reason == "acknowledged" && plan.deliveries.isEmpty)
        let sameEpoch = page.message.incidentID.map { EpochRaised(incidentID: $0, epoch: 1, reason: "opened") }
        #expect(PagePlan(page, methods: [], rules: [], heard: sameEpoch, isReplaced: false, now: Samples.now).state == .pending)
    }

    @Test func aPageWithoutAMethodIsExhaustedAtOnce() {
        let page = Samples.page(recipient: Samples.recipient(email: ""))
        let plan = PagePlan(page, methods: [], rules: [], heard: nil, isReplaced: false, now: Samples.now)
        #expect(plan.state == .exhausted && plan.reason == "no_contact_method")
    }

    @Test func ofTwoPagesToOnePersonTheLaterCounts() {
        let incident = IncidentID.make(at: Samples.now)
        let first = Samples.page(incident: incident)
        let second = Samples.page(incident: incident, at: Samples.now.addingTimeInterval(1))
        let other = Samples.page(incident: incident, recipient: Samples.recipient(Samples.bob))
        #expect(PagePlan.replaced(in: [second, other, first]) == [first.message.pageID])
    }
}
