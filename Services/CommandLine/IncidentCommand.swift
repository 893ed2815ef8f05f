import ArgumentParser
import Contracts

struct IncidentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incident", abstract: "List incidents and act on them.",
        subcommands: [List.self, Acknowledge.self, Resolve.self, Escalate.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List incidents, newest first.")

        @Option(name: .shortAndLong, help: "open, acknowledged, investigating or resolved; several between commas.") var status: String?
        @Option(name: .shortAndLong, help: "table or json.") var output: String = "table"

        func run() async throws {
            let filter = status.map { "&status=\($0.percentEncoded)" } ?? ""
            let incidents = try await Service.incidents.list("/api/v1/incidents?limit=200\(filter)")
            if output == "json" {
                print(JSONValue.array(incidents).serialized)
                return
            }
            for incident in incidents {
                let cells = ["number", "severity", "status", "service", "title"].map { incident[$0]?.text.withoutDirectionControls ?? "" }
                print(cells.joined(separator: "\t"))
            }
        }
    }

    struct Acknowledge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "ack", abstract: "Acknowledge: stops the escalation.")

        @Argument(help: "Number or id.") var incident: String
        @Option(name: .shortAndLong, help: "A note for the timeline.") var message: String?

        func run() async throws { try await IncidentCommand.change(incident, to: "acknowledge", note: message) }
    }

    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Resolve.")

        @Argument(help: "Number or id.") var incident: String
        @Option(name: .shortAndLong, help: "A note for the timeline.") var message: String?

        func run() async throws { try await IncidentCommand.change(incident, to: "resolve", note: message) }
    }

    struct Escalate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Page the next level now.")

        @Argument(help: "Number or id.") var incident: String
        @Option(name: .shortAndLong, help: "Which step, from 0; the next without it.") var step: Int?
        @Option(name: .long, help: "Refuse when a step fired after this time, such as 2026-03-08T15:30:00Z.") var asOf: String?
        @Option(name: .shortAndLong, help: "A note for the timeline.") var message: String?

        private struct Wish: Encodable {
            let step: Int?
            let asOf: String?
            let notes: String?
        }

        func run() async throws {
            let wish = Wish(step: step, asOf: asOf, notes: message)
            let answer = try await Service.incidents.post("/api/v1/incidents/\(incident.percentEncoded)/escalate", wish)
            print("#\(answer["number"]?.text ?? incident) \(answer["status"]?.text ?? ""): the next level is paged")
        }
    }

    private struct Note: Encodable {
        let notes: String?
    }

    fileprivate static func change(_ incident: String, to transition: String, note: String?) async throws {
        let answer = try await Service.incidents.patch("/api/v1/incidents/\(incident.percentEncoded)/\(transition)", Note(notes: note))
        print("#\(answer["number"]?.text ?? incident) \(answer["status"]?.text ?? "")")
    }
}
