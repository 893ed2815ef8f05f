import ArgumentParser
import Contracts

struct OnCallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "oncall", abstract: "Ask who is on call.", subcommands: [Who.self])

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
}
