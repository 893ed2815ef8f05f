import Contracts
import TestSupport
import Testing

extension Stories {
    /// What the `tocsin` program says of a suite that refuses.
    @Suite struct CommandLineStoryTests {
        private func list(_ tocsin: TocsinSystem, _ arguments: String..., token: String? = nil) async throws -> Shell.Outcome {
            var environment = ["INCIDENTS_URL": tocsin.urls[.incidentManagement] ?? ""]
            environment["TOCSIN_TOKEN"] = token
            return try await CommandLineTool.run(["incident", "list"] + arguments, environment: environment)
        }

        @Test func whatIsMissingOrWrongIsNamed() async throws {
            try await TocsinSystem.run { tocsin in
                let stranger = try await list(tocsin)
                #expect(stranger.status != 0 && stranger.output.contains("TOCSIN_TOKEN is not in the environment"), "\(stranger.output)")
                let wrong = try await list(tocsin, token: "tcs_api_wrong")
                #expect(wrong.status != 0 && !wrong.output.contains("TOCSIN_TOKEN"), "\(wrong.output)")
                let bogus = try await list(tocsin, "-s", "bogus", token: tocsin.token)
                #expect(bogus.output.contains("there are open, acknowledged, investigating, resolved"), "\(bogus.output)")
                for (query, code) in [("status=bogus", "bad_status"), ("severity=x", "bad_severity"), ("source=x", "bad_source")] {
                    let answer = try await tocsin.send("GET", .incidentManagement, "/api/v1/incidents?\(query)", bearer: tocsin.token)
                    #expect(try answer.status == 400 && answer.json["code"]?.string == code)
                }
            }
        }
    }
}
