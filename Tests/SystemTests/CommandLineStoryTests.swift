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

        /// An operator goes through the open ones before paging is released: the oldest count most.
        @Test func listHasAllThereAreAndNotAPage() async throws {
            try await TocsinSystem.run { tocsin in
                for number in 1...203 {
                    let body = #"{"title":"number \#(number)","service":"s\#(number)","severity":"low"}"#
                    let made = try await tocsin.send("POST", .incidentManagement, "/api/v1/incidents", bearer: tocsin.token, body: body)
                    #expect(made.status == 201, "\(made.body)")
                }
                let table = try await list(tocsin, "--status", "open", token: tocsin.token)
                let lines = table.output.split(separator: "\n")
                #expect(table.status == 0 && lines.count == 203 && Set(lines).count == 203, "\(lines.last ?? "")")
                // More than fits a pipe that is read at the end.
                let count = try await Shell.run(
                    #""$1" incident list --output json | grep -o '"number":' | wc -l"#, [DaemonProcess.binaries + "/tocsin"],
                    environment: ["INCIDENTS_URL": tocsin.urls[.incidentManagement] ?? "", "TOCSIN_TOKEN": tocsin.token])
                #expect(count.status == 0 && count.output == "203\n", "\(count.output)")
            }
        }

        @Test func whatIsMissingOrWrongIsNamed() async throws {
            try await TocsinSystem.run { tocsin in
                let stranger = try await list(tocsin)
                #expect(stranger.status != 0 && stranger.output.contains("TOCSIN_TOKEN is not in the environment"), "\(stranger.output)")
                let wrong = try await list(tocsin, token: "tcs_api_wrong")
                #expect(wrong.status != 0 && !wrong.output.contains("TOCSIN_TOKEN"), "\(wrong.output)")
                let bogus = try await list(tocsin, "-s", "bogus", token: tocsin.token)
                #expect(bogus.output.contains("there are open, acknowledged, investigating, resolved"), "\(bogus.output)")
                let refused = [
                    ("status=bogus", "bad_status"), ("severity=x", "bad_severity"), ("source=x", "bad_source"),
                    ("source=operator,partner", "bad_source"),
                ]
                for (query, code) in refused {
                    let answer = try await tocsin.send("GET", .incidentManagement, "/api/v1/incidents?\(query)", bearer: tocsin.token)
                    #expect(try answer.status == 400 && answer.json["code"]?.string == code)
                }
            }
        }
    }
}
