import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct ListenerTests {
    @Test func notificationsArriveAndAScanFollowsEveryConnection() async throws {
        try await Fixture.run { fixture in
            let database = fixture.database()
            let administrator = fixture.server.administrator().api
            let (signals, continuation) = AsyncStream.makeStream(of: PostgresListener.Signal.self)
            let listener = PostgresListener(database, channels: ["bells", "Odd \"name\""], logger: fixture.log.logger) {
                continuation.yield($0)
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await listener.run() }
                var heard = signals.makeAsyncIterator()
                #expect(await heard.next() == .scan)
                try await administrator.execute("SELECT pg_notify('bells', 'one')")
                #expect(await heard.next() == .notified(channel: "bells", payload: "one"))
                try await administrator.execute("SELECT pg_notify('Odd \"name\"', '')")
                #expect(await heard.next() == .notified(channel: "Odd \"name\"", payload: ""))

                let killed = try await administrator.execute(
                    """
                    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                     WHERE datname = current_database() AND application_name = 'tocsin-store-listener'
                    """)
                #expect(killed == 1)
                #expect(await heard.next() == .scan)
                try await administrator.execute("SELECT pg_notify('bells', 'two')")
                #expect(await heard.next() == .notified(channel: "bells", payload: "two"))
                group.cancelAll()
            }
            #expect(fixture.log.errors.isEmpty)
        }
    }

    @Test func listenerStopsAtOnce() async throws {
        try await Fixture.run { fixture in
            let database = fixture.database()
            let listening = Gate()
            let listener = PostgresListener(database, channels: ["bells"], logger: fixture.log.logger) { _ in listening.open() }
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await listener.run() }
                await listening.wait()
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect(ContinuousClock.now - start < .seconds(30))
        }
    }
}
