import ArgumentParser
import Contracts

struct AlertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "alert", abstract: "Send alerts.", subcommands: [Send.self])

    struct Send: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Send one alert; prints the incident it belongs to.")

        @Option(help: "What is affected.") var service: String
        @Option(help: "critical, high, medium or low.") var severity: String = "high"
        @Option(help: "Repeats with this key belong together.") var dedupKey: String?
        @Argument(help: "What is wrong.") var message: String

        private struct Body: Encodable {
            let service: String
            let severity: String
            let message: String
            let dedupKey: String?
        }

        func run() async throws {
            let answer = try await Service.alerts.post(
                "/api/v1/alerts", Body(service: service, severity: severity, message: message, dedupKey: dedupKey)
            )
            print(answer["incident_id"]?.text ?? answer.serialized, answer["action"]?.text ?? "")
        }
    }
}
