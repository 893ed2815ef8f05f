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

        /// An admin took a shift and asks the team for an hour of it: mails reach the team, and in the end the admin, by their own rules.
        @Test func aTeamIsAskedByMailAndTheAskerHearsThatNobodyCame() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                let taken = try await tocsin.send(
                    "POST", .onCall, "/api/v1/oncall/take", bearer: tocsin.token, body: #"{"team":"payments"}"#)
                #expect(taken.status == 201, "\(taken.body)")
                let start = tocsin.clock.now.addingTimeInterval(7200)
                let asked = try await tocsin.send(
                    "POST", .onCall, "/api/v1/oncall/shift-requests", bearer: tocsin.token,
                    body: #"{"team":"payments","from":"\#(start.rfc3339)","until":"\#(start.addingTimeInterval(3600).rfc3339)"}"#)
                #expect(asked.status == 201, "\(asked.body)")
                try await tocsin.settle()
                #expect(try tocsin.mailed().sorted() == ["alice@example.org", "bob@example.org"])
                for _ in 0..<3 { try await tocsin.advance(minutes: 60) }
                #expect(try tocsin.mailed().dropFirst(2) == [TocsinSystem.admin])
                let notices = try await tocsin.send("GET", .notification, "/api/v1/notifications", bearer: tocsin.token)
                let last = try notices.json.array?.first { $0["subject"]?.string?.hasPrefix("Nobody took your shift") ?? false }
                #expect(last?["user_id"]?.string != nil, "so that the account's own rules are asked: \(notices.body)")
            }
        }
    }
}
