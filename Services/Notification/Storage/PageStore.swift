package import Contracts
package import Foundation
package import Postgres
package import WorkQueue

/// Takes pages in: each promise once, with its deliveries, in one transaction and a fixed number of statements.
package struct PageStore: Sendable {
    let database: PostgresLane
    let outcomes: OutcomeOutbox
    private let deliveries: DeliveryStore?
    private let inboxes: DeliveryInboxes?

    /// - Parameters:
    ///   - deliveries: reads what is leased for `inboxes`.
    ///   - inboxes: get new deliveries directly while their workers are idle; nil leaves them all to be claimed.
    package init(_ database: PostgresLane, outbox: Outbox, deliveries: DeliveryStore? = nil, inboxes: DeliveryInboxes? = nil) {
        self.database = database
        outcomes = OutcomeOutbox(outbox)
        self.deliveries = deliveries
        self.inboxes = inboxes
    }

    /// What a request of pages led to.
    package struct Acceptance: Sendable, Hashable {
        /// Pages not known before.
        package let fresh: Set<PageID>
        /// Lanes with something due.
        package let lanes: Set<DeliveryLane>
    }

    /// Stores the pages not known yet; known ones are left as they are.
    @discardableResult
    package func accept(_ pages: [NewPage], now: Date) async throws -> Acceptance {
        guard !pages.isEmpty else { return Acceptance(fresh: [], lanes: []) }
        return try await database.transaction { try await accept(pages, in: $0, now: now) }
    }

    func accept(_ pages: [NewPage], in transaction: PostgresTransaction, now: Date) async throws -> Acceptance {
        // In key order, so that two requests with the same pages wait for each other instead of deadlocking.
        let pages = Dictionary(pages.map { ($0.message.pageID, $0) }, uniquingKeysWith: { first, _ in first }).values
            .sorted { $0.message.pageID < $1.message.pageID }
        let plans = try await plan(pages, transaction, now: now)
        let fresh = Set(try await insert(plans, transaction, now: now))
        let freshPlans = plans.filter { fresh.contains($0.page.message.pageID) }
        let due = insertDeliveries(freshPlans, transaction, now: now)
        if let deliveries, let inboxes { deliveries.lease(due, for: inboxes, in: transaction, now: now) }
        let replaced = try await replaceOlder(freshPlans, transaction, now: now)
        let ended = freshPlans.compactMap { outcome(of: $0, at: now) } + replaced.compactMap { $0.outcome(channel: nil, at: now) }
        try outcomes.add(ended, in: transaction, now: now)
        return Acceptance(fresh: fresh, lanes: Set(due.keys))
    }

    /// What would become of pages, whenever they were made; nothing is stored.
    package func preview(_ pages: [NewPage]) async throws -> [PagePlan] {
        guard !pages.isEmpty else { return [] }
        return try await database.transaction { try await plan(pages, $0, now: .distantPast) }
    }

    private func plan(_ pages: [NewPage], _ transaction: PostgresTransaction, now: Date) async throws -> [PagePlan] {
        let users = Set(pages.compactMap(\.message.recipient.userID)).sorted()
        let incidents = Set(pages.compactMap(\.message.incidentID)).sorted()
        let (allMethods, allRules, heard) = try await transaction.together(.methods(of: users), .rules(of: users), .heard(of: incidents))
        let methods = Dictionary(grouping: allMethods, by: \.userID)
        let rules = Dictionary(grouping: allRules, by: \.userID)
        let epochs = Dictionary(uniqueKeysWithValues: heard.map { ($0.incidentID, $0) })
        let replaced = PagePlan.replaced(in: pages)
        return pages.map { page in
            let user = page.message.recipient.userID
            return PagePlan(
                page, methods: user.flatMap { methods[$0] } ?? [], rules: user.flatMap { rules[$0] } ?? [],
                heard: page.message.incidentID.flatMap { epochs[$0] }, isReplaced: replaced.contains(page.message.pageID), now: now
            )
        }
    }

    private func outcome(of plan: PagePlan, at now: Date) -> PageOutcome? {
        let message = plan.page.message
        guard plan.page.needsPermit, let result = plan.state.outcome, let incident = message.incidentID, let epoch = message.epoch else {
            return nil
        }
        return PageOutcome(
            pageID: message.pageID, incidentID: incident, epoch: epoch, result: result, channel: nil, reason: plan.reason ?? "", at: now
        )
    }
}

extension EpochRaised: RowDecodable {
    package init(row: PostgresRow) throws {
        self.init(incidentID: try row("incident_id"), epoch: try row("epoch"), reason: try row("reason"))
    }
}

extension RowQuery where Row == EpochRaised {
    static func heard(of incidents: [IncidentID]) -> Self {
        Self("SELECT incident_id, epoch, reason FROM notification.incident_epoch WHERE incident_id = ANY(\(incidents))")
    }
}
