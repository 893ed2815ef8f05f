import Synchronization

/// The relays of this process, as its ``Outbox`` knows them: whose inbox takes messages of which destination.
final class OutboxInboxes: Sendable {
    struct Relay: Sendable {
        let inbox: LeasedInbox<Letter>
        let worker: String
        let lease: Duration
        /// Of its destination.
        let batchLimit: Int
    }

    private let relays = Mutex<[String: Relay]>([:])

    func add(_ relay: Relay, of destination: String) {
        relays.withLock { $0[destination] = relay }
    }

    /// Places for the messages of one call, by destination; none where they are more than an idle relay is given.
    func places(for messages: [OutboxMessage]) -> [String: (place: LeasedPlace<Letter>, relay: Relay)] {
        guard messages.count <= LeasedInbox<Letter>.limit else { return [:] }
        var places: [String: (LeasedPlace<Letter>, Relay)] = [:]
        for destination in Set(messages.map(\.destination)) {
            guard let relay = relays.withLock({ $0[destination] }), let place = relay.inbox.place() else { continue }
            places[destination] = (place, relay)
        }
        return places
    }
}
