import Foundation
import Postgres
import TestSupport
import Testing

/// `tocsin outbox`: messages that were given up are seen and sent again.
@Suite struct DeadMessageTests {
    private static func tool(_ database: TestDatabase, _ arguments: String...) async throws -> Shell.Outcome {
        try await CommandLineTool.run(["outbox"] + arguments, environment: ["DATABASE_URL": database.url])
    }

    private static func bury(_ database: TestDatabase, _ id: Int, _ message: UUID) async throws {
        try await database.administrator().api.execute(
            """
            INSERT INTO incident.outbox_dead (id, destination, message_id, ordering_key, body, created_at, attempts, crashes, last_error, died_at, reason)
            VALUES (\(id), 'notification.pages', \(message), 'a', '{}', now(), 3, 0, 'line one' || chr(10) || 'line two', now(), 'refused')
            """)
    }

    private static func count(_ database: TestDatabase, _ table: String) async throws -> Int {
        try await database.administrator().api.value(Int.self, "SELECT count(*) FROM incident.\(unsafeSQL: table)")
    }

    @Test func aBuriedMessageIsListedAndSentAgainOnceUnderItsOwnID() async throws {
        try await withDatabase(migrations: TocsinSystem.migrations) { database in
            let message = UUID()
            try await Self.bury(database, 7, message)
            try await Self.bury(database, 8, UUID())
            let listed = try await Self.tool(database, "list")
            #expect(listed.status == 0 && listed.output.contains("incident\t7\tnotification.pages\trefused\t"), "\(listed.output)")
            #expect(listed.output.contains("line one line two"))
            let elsewhere = try await Self.tool(database, "list", "--schema", "alerting")
            #expect(elsewhere.status == 0 && elsewhere.output.isEmpty, "\(elsewhere.output)")

            for queued in [1, 0] {
                let replay = try await Self.tool(database, "replay", "incident", "7")
                #expect(replay.status == 0 && replay.output.contains("Queued \(queued) again."), "\(replay.output)")
            }
            let found = try await database.administrator().api.values(UUID.self, "SELECT message_id FROM incident.outbox")
            #expect(found == [message])
            #expect(try await Self.count(database, "outbox_dead") == 1)
            let audit = try await database.administrator().api.values(
                String.self, "SELECT after ->> 'message_id' FROM incident.audit WHERE action = 'outbox.replay' AND actor LIKE 'database:%'")
            #expect(audit == [message.uuidString.lowercased()])
        }
    }

    @Test func whatWaitsAlreadyIsNotQueuedTwice() async throws {
        try await withDatabase(migrations: TocsinSystem.migrations) { database in
            let message = UUID()
            try await Self.bury(database, 7, message)
            _ = try await Self.tool(database, "replay", "incident", "--all")
            try await Self.bury(database, 9, message)
            let again = try await Self.tool(database, "replay", "incident", "--all")
            #expect(again.output.contains("Queued 0 again; 1 more were waiting already."), "\(again.output)")
            #expect(try await Self.count(database, "outbox") == 1)
        }
    }

    @Test(arguments: [
        ["replay", "incident"], ["replay", "incident", "7", "--all"], ["replay", "oncall", "7"], ["replay", "incident", "x"],
    ])
    func aReplayThatSaysNotWhatIsRefused(arguments: [String]) async throws {
        let outcome = try await CommandLineTool.run(["outbox"] + arguments, environment: ["DATABASE_URL": "postgresql://127.0.0.1:1/x"])
        #expect(outcome.status != 0)
    }
}
