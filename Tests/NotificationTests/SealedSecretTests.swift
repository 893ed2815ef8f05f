import Auth
import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Notification
import Postgres
import ServiceClients
import ServiceKit
import TestSupport
import Testing

@Suite struct SealedSecretTests {
    private static let old = Secret("old-4f9d2c1b7a6e5d8c-4f9d2c1b7a6e5d8c")
    private static let new = Secret("new-91c2d7e4b5a6f803-91c2d7e4b5a6f803")
    private static let before = SealingKeyRing(current: old)
    private static let rotating = SealingKeyRing(current: new, previous: [old])

    /// A webhook of Alice's, with its secret as given, and a page for it that is due.
    private static func webhook(
        _ bench: Bench, _ keys: SealingKeyRing?, _ address: String = "https://hooks.example.com/a", of user: UserID = Samples.alice
    ) async throws
        -> ContactMethod
    {
        let method = Samples.method(.webhook, address, user: user)
        let secret = StandardWebhook.makeSecret()
        if let keys {
            #expect(try await bench.methods.add(method, secret: try keys.seal(secret, for: .secret(of: method.id))))
        } else {
            try await bench.database.api.execute(
                """
                INSERT INTO notification.contact_method (id, user_id, kind, address, secret, created_at)
                VALUES (\(method.id), \(method.userID), 'webhook', \(address), \(secret.reveal()), \(bench.now))
                """)
        }
        return method
    }

    private static func resealer(_ bench: Bench, _ keys: SealingKeyRing, _ log: LogRecorder = LogRecorder()) -> SecretResealer {
        SecretResealer(ContactSecretStore(bench.database.workers), keys: keys, logger: log.logger)
    }

    /// The real one; a message whose secret cannot be read goes nowhere.
    private static func channel(_ bench: Bench) -> WebhookChannel {
        WebhookChannel(EgressClient(EgressGuard(), logger: .quiet), clock: bench.clock)
    }

    private static func send(_ bench: Bench, keys: SealingKeyRing) async throws -> OutgoingMessage? {
        try await bench.accept(Samples.page(channels: [.webhook]))
        let channel = RecordingChannel(.webhook) { _ in .accepted(.webhookAccepted) }
        _ = try await bench.worker(.web, channels: [channel], keys: keys).tick(now: bench.now)
        return channel.sent.last
    }

    @Test func plainSecretIsSealedByTheWorkerAndSignsAsBefore() async throws {
        try await Bench.run { bench in
            _ = try await Self.webhook(bench, nil)
            let plain = try #require(try await Self.send(bench, keys: Self.before)?.signingSecret)
            #expect(try await Self.resealer(bench, Self.before).tick(now: bench.now).handled == 1)
            #expect(
                try await bench.database.api.value(Int.self, "SELECT count(*) FROM notification.contact_method WHERE secret IS NOT NULL")
                    == 0)
            #expect(try await Self.send(bench, keys: Self.before)?.signingSecret == plain)
            #expect(try await Self.resealer(bench, Self.before).tick(now: bench.now).handled == 0)
        }
    }

    @Test func rotationUnderWayWithTwoReplicasLosesNoSignature() async throws {
        try await Bench.run { bench in
            for number in 0..<250 {
                _ = try await Self.webhook(bench, Self.before, "https://hooks.example.com/\(number)", of: .make(at: bench.now))
            }
            let log = LogRecorder()
            let replicas = [Self.resealer(bench, Self.rotating, log), Self.resealer(bench, Self.rotating, log)]
            let handled = try await withThrowingTaskGroup(of: Int.self) { group in
                for replica in replicas {
                    group.addTask {
                        var handled = 0
                        while true {
                            let report = try await replica.tick(now: bench.now)
                            handled += report.handled
                            if !report.more { return handled }
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            #expect(handled == 250)
            let counts = try await ContactSecretStore(bench.database.api).counts()
            #expect(counts.byKey == [Self.rotating.current.id: 250] && counts.plain == 0)
            for replica in replicas { _ = try await replica.tick(now: bench.now) }
            #expect(log.entries.filter { $0.message == "SECRETS_KEY_PREVIOUS is unused" }.count == 2)
            #expect(log.errors.isEmpty)
        }
    }

    @Test func replicaWithoutTheNewKeyLeavesTheDeliveryToOneThatHasIt() async throws {
        try await Bench.run { bench in
            _ = try await Self.webhook(bench, Self.rotating)
            let page = Samples.page(channels: [.webhook])
            try await bench.accept(page)
            _ = try await bench.worker(.web, channels: [Self.channel(bench)], keys: Self.before).tick(now: bench.now)
            #expect(try await bench.attempts(of: page) == ["granted temporary secret_key_unknown"])
            #expect(try await bench.state(of: page) == "pending")
            let other = RecordingChannel(.webhook) { _ in .accepted(.webhookAccepted) }
            bench.clock.advance(by: .seconds(120))
            _ = try await bench.worker(.web, channels: [other], keys: Self.rotating).tick(now: bench.now)
            #expect(other.sent.last?.signingSecret != nil)
        }
    }

    @Test func secretMovedFromAnotherRowIsNotSignedWith() async throws {
        try await Bench.run { bench in
            let alice = try await Self.webhook(bench, Self.before)
            let other = try await Self.webhook(bench, Self.before, "https://hooks.example.com/b")
            try await bench.database.api.execute(
                """
                UPDATE notification.contact_method SET sealed_secret = (SELECT sealed_secret FROM notification.contact_method WHERE id = \(other.id))
                 WHERE id = \(alice.id)
                """)
            #expect(try await bench.methods.remove(other.id))
            let page = Samples.page(channels: [.webhook])
            try await bench.accept(page)
            _ = try await bench.worker(.web, channels: [Self.channel(bench)], keys: Self.before).tick(now: bench.now)
            #expect(try await bench.attempts(of: page) == ["granted permanent secret_broken"])
        }
    }

    @Test func startNamesTheKeyThatWasTakenAwayTooEarly() async throws {
        let settings = ["SECRETS_KEY": Self.old.reveal()]
        try await withNotification(settings: settings) { api in
            let body = #"{"kind":"webhook","address":"https://hooks.example.com/a"}"#
            #expect(try await api.send(.post, "/api/v1/contact-methods", body, as: .responder).status == 201)
            #expect(try await api.send(.get, "/metrics").text.contains(#"tocsin_sealed_secrets{key="current"} 1"#))
            let error = await #expect(throws: ConfigurationError.self) { try await Self.start(api, ["SECRETS_KEY": Self.new.reveal()]) }
            #expect(error?.key == "SECRETS_KEY_PREVIOUS")
            try await Self.start(api, ["SECRETS_KEY": Self.new.reveal(), "SECRETS_KEY_PREVIOUS": Self.old.reveal()])
        }
    }

    /// Another replica on the same database, with other settings.
    private static func start(_ api: NotificationAPI, _ settings: [String: String]) async throws {
        let settings = Settings(api.settings.merging(settings) { $1 })
        let boot = try Bootstrap(peer: .notification, settings: settings, logger: .quiet, clock: api.clock, port: 0)
        let daemon = try await buildNotification(boot, incidents: api.incidents)
        try await daemon.application.test(.router) { _ in }
    }

    @Test func withoutAKeyTheStartSaysWhatToSet() async throws {
        let error = await #expect(throws: ConfigurationError.self) { try await withNotification(settings: ["SECRETS_KEY": ""]) { _ in } }
        #expect(error?.key == "SECRETS_KEY")
        #expect(error?.problem.contains("SECRETS_KEY_FILE") == true)
    }
}
