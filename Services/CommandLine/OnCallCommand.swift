import ArgumentParser
import Contracts

struct OnCallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "oncall", abstract: "Ask who is on call, and go on call.", subcommands: [Who.self, Take.self])

    struct Who: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Who is on call for a team, now or at a time.")

        @Option(help: "The team.") var team: String
        @Option(help: "An RFC 3339 time.") var at: String?

        func run() async throws {
            let time = at.map { "&at=\($0.percentEncoded)" } ?? ""
            let answer = try await Service.onCall.get("/api/v1/oncall/current?team=\(team.percentEncoded)\(time)")
            for role in ["primary", "secondary"] {
                guard let person = answer[role], !person.isNull else { continue }
                print(role, person["name"]?.text ?? "", person["email"]?.text ?? "", separator: "\t")
            }
        }
    }

    struct Take: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take the shift: go on call in the place of whoever is, by default now and to the shift's end.")

        @Option(help: "The team.") var team: String
        @Option(help: "primary or secondary.") var role: String?
        @Option(help: "From this RFC 3339 time on.") var from: String?
        @Option(help: "Until this RFC 3339 time.") var until: String?
        @Option(name: .shortAndLong, help: "Why; kept in the history.") var message: String?

        private struct Wish: Encodable {
            let team: String
            let role: String?
            let from: String?
            let until: String?
            let reason: String?
        }

        func run() async throws {
            let wish = Wish(team: team, role: role, from: from, until: until, reason: message)
            let answer = try await Service.onCall.post("/api/v1/oncall/take", wish)
            let replaced = Set((answer["overrides"]?.array ?? []).compactMap { $0["replaces"]?.string }).sorted().joined(separator: ", ")
            print("on call for \(team) (\(answer["role"]?.text ?? "")) until \(answer["until"]?.text ?? ""), in the place of \(replaced)")
        }
    }
}
