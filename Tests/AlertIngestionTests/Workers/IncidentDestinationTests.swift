import AlertIngestion
import Contracts
import Foundation
import Postgres
import ServiceClients
import TestSupport
import Testing
import WorkQueue

@Suite struct IncidentDestinationTests {
    private func items(_ store: Store) async throws -> [OutboxItem] {
        try await store.pending().map {
            OutboxItem(
                messageID: $0.eventID.rawValue, orderingKey: $0.incidentID.description, body: try WireJSON.encodeText($0), attempts: 1,
                createdAt: store.clock.now)
        }
    }

    @Test func takenAndRepeatedEventsAreDone() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            try await store.send([Samples.event("a"), Samples.event("b", service: "search")])
            let items = try await items(store)
            for _ in 1...2 { #expect(await store.destination(incidents).deliver(items) == [.done, .done]) }
            #expect(incidents.events.count == 2 && incidents.calls == 2)
        }
    }

    @Test func anEventBeforeItsTimeWaits() async throws {
        try await Store.run { store in
            try await store.send([Samples.event()])
            try await store.send([Samples.event("a", .resolve)])
            let resolve = Array(try await items(store).suffix(1))
            #expect(await store.destination(FakeIncidents()).deliver(resolve) == [.postponed(reason: "out_of_order")])
        }
    }

    @Test(arguments: [
        (ClientError(.unreachable), "unreachable"), (ClientError(.refused(status: 503), retryAfter: .seconds(7)), "refused"),
        (ClientError(.refused(status: 401)), "refused"), (ClientError(.refused(status: 404)), "refused"),
        (ClientError(.timeout), "timeout"),
    ])
    func whatMayPassIsTriedAgainAndNeverGivenUp(_ error: ClientError, _ reason: String) async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            try await store.send([Samples.event()])
            incidents.fail(with: error)
            let answers = await store.destination(incidents).deliver(try await items(store))
            #expect(answers == [.retry(reason: reason, after: error.retryAfter)])
        }
    }

    @Test func oneEventThatIsRefusedDoesNotHoldUpTheOthers() async throws {
        try await Store.run { store in
            let incidents = FakeIncidents()
            try await store.send((0..<8).map { Samples.event("\($0)", service: "service-\($0)") })
            let items = try await items(store)
            incidents.refuse(AlertEventID(rawValue: items[5].messageID))
            let answers = await store.destination(incidents).deliver(items)
            #expect(answers.enumerated().allSatisfy { $0.offset == 5 ? $0.element == .refused(reason: "refused") : $0.element == .done })
        }
    }

    @Test func anUndecodableRowIsGivenUpAlone() async throws {
        try await Store.run { store in
            try await store.send([Samples.event()])
            let broken = OutboxItem(messageID: UUID(), orderingKey: nil, body: "{}", attempts: 1, createdAt: store.clock.now)
            let answers = await store.destination(FakeIncidents()).deliver([broken] + (try await items(store)))
            #expect(answers == [.refused(reason: "undecodable"), .done])
        }
    }
}
