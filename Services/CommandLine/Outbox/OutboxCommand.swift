import ArgumentParser
import Contracts
import Foundation

struct OutboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox", abstract: "See messages between daemons that were given up, and send them again.",
        discussion: """
            Works on the database, with psql; the connection is given as for tocsin backup, by a superuser or another role that owns the tables. Mend the \
            reason first: a message that is refused again is buried again.
            """,
        subcommands: [List.self, Replay.self]
    )

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List buried messages, newest first.",
            discussion: "Columns: schema, id, destination, reason, when it was given up, size, last error.")

        @Option(help: "Only of this schema: alerting, incident, oncall or notification.") var schema: OutboxSchema?
        @Option(name: .shortAndLong, help: "table or json.") var output: String = "table"

        func run() throws {
            let script = DeadMessageScript.list(schema.map { [$0] } ?? OutboxSchema.allCases)
            let messages = try OutboxCommand.ask([DeadMessage].self, script)
            if output == "json" {
                print(try WireJSON.encodeText(messages))
                return
            }
            for message in messages { print(message.line) }
        }
    }

    struct Replay: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put buried messages back at the end of their queue; the audit says who did.",
            discussion:
                "Under their own ids, so that what did arrive is not done twice. To do it again is harmless: what is back already is left out."
        )

        @Argument(help: "alerting, incident, oncall or notification.") var schema: OutboxSchema
        @Argument(help: "Ids, as tocsin outbox list shows them.") var ids: [Int64] = []
        @Flag(help: "All of that schema, instead of ids.") var all = false

        func validate() throws {
            if ids.isEmpty != all { throw ValidationError("Give ids, or --all, and not both.") }
        }

        func run() throws {
            let replay = try OutboxCommand.ask(ReplayCount.self, DeadMessageScript.replay(schema, ids: all ? nil : ids))
            let waiting = replay.dugUp - replay.queued
            print("Queued \(replay.queued) again" + (waiting > 0 ? "; \(waiting) more were waiting already" : "") + ".")
        }
    }

    fileprivate static func ask<Answer: Decodable>(_ type: Answer.Type, _ script: String) throws -> Answer {
        let session = try PostgresPrograms(environment: ProcessInfo.processInfo.environment).session()
        let answer = try session.ask(type, script, else: "the database has no Tocsin in it, or this role may not change it")
        try session.end()
        return answer
    }
}
