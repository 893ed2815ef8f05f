import Contracts
import Foundation
import TestSupport
import Testing

extension Stories {
    @Suite struct ShiftStoryTests {
        /// Alice is on call and ill; an admin takes her shift at the command line, is paged in her place, and sees the shift in a calendar program.
        @Test func whoTakesAShiftIsPagedAndSeesItInTheirCalendar() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                let made = try await tocsin.send("POST", .onCall, "/api/v1/calendars", bearer: tocsin.token, body: #"{"me":true}"#)
                #expect(made.status == 201, "\(made.body)")
                let address = try #require(try made.json["url"]?.string.flatMap { URL(string: $0) })
                let before = try await tocsin.send("GET", .onCall, address.path())
                #expect(before.status == 200 && !before.body.contains("VEVENT"), "\(before.body)")

                let taken = try await CommandLineTool.run(
                    ["oncall", "take", "--team", "payments", "-m", "Alice is ill"],
                    environment: ["ONCALL_URL": tocsin.urls[.onCall] ?? "", "TOCSIN_TOKEN": tocsin.token])
                #expect(taken.status == 0 && taken.output.contains("in the place of alice@example.org"), "\(taken.output)")
                try await tocsin.alert("checkout", team: "payments")
                try await tocsin.settle()
                #expect(try tocsin.mailed() == [TocsinSystem.admin])

                let after = try await tocsin.send("GET", .onCall, address.path())
                #expect(after.body.contains("SUMMARY:On call: payments (primary)\r\n"), "\(after.body)")
                let id = try #require(try made.json["calendar_id"]?.string)
                #expect(try await tocsin.send("DELETE", .onCall, "/api/v1/calendars/\(id)", bearer: tocsin.token).status == 200)
                #expect(try await tocsin.send("GET", .onCall, address.path()).status == 404)
            }
        }
    }
}
