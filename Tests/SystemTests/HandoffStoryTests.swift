import Contracts
import Foundation
import TestSupport
import Testing

extension Stories {
    /// A weekly schedule in Berlin; both replicas tick, and the mails are what really left.
    @Suite struct HandoffStoryTests {
        private static let relay = "outbox-notices"

        private func begin(_ tocsin: TocsinSystem, minutes: String, notify: String = "both") async throws {
            try await put(["alice", "bob"], tocsin)
            let rule = try await tocsin.send(
                "PUT", .onCall, "/api/v1/oncall/handoff-notices/payments", bearer: tocsin.token,
                body: #"{"minutes_ahead":[\#(minutes)],"notify":"\#(notify)"}"#)
            try #require(rule.status == 200, "\(rule.body)")
            try await tocsin.settle()
            #expect(try tocsin.mailed().isEmpty)
        }

        private func put(_ people: [String], _ tocsin: TocsinSystem) async throws {
            let members = people.map { #"{"name":"\#($0)","email":"\#($0)@example.org","role":"primary"}"# }.joined(separator: ",")
            let answer = try await tocsin.send(
                "POST", .onCall, "/api/v1/schedules", bearer: tocsin.token,
                body: """
                    {"team":"payments","rotation_type":"weekly","time_zone":"Europe/Berlin","handoff_day":"monday","handoff_time":"09:00",
                     "start":"2026-03-02","members":[\(members)]}
                    """)
            try #require(answer.status == 201, "\(answer.body)")
        }

        /// Whom mails reached since the last call, by name.
        private func told(_ tocsin: TocsinSystem, _ known: inout Int) throws -> [String] {
            let mailed = try tocsin.mailed()
            defer { known = mailed.count }
            return mailed.dropFirst(known).map { String($0.prefix { $0 != "@" }) }.sorted()
        }

        private func at(_ instant: String, _ tocsin: TocsinSystem, without idle: String? = nil) async throws {
            tocsin.clock.set(try #require(Date(rfc3339: instant)))
            try await tocsin.settle(without: idle)
        }

        @Test func bothAreToldOnceAheadAndAtTheHandoffAlsoOverAChangeOfTheClock() async throws {
            try await TocsinSystem.run { tocsin in
                try await begin(tocsin, minutes: "0, 60")
                var known = 0
                // 09:00 in Berlin is 08:00 UTC in winter and 07:00 from March 29 on.
                for (hour, day) in [(7, "2026-03-09"), (6, "2026-03-30")] {
                    try await at("\(day)T0\(hour - 1):59:59Z", tocsin)
                    #expect(try told(tocsin, &known).isEmpty, "\(day)")
                    try await at("\(day)T0\(hour):00:00Z", tocsin)
                    #expect(try told(tocsin, &known) == ["alice", "bob"], "\(day)")
                    try await at("\(day)T0\(hour):59:59Z", tocsin)
                    #expect(try told(tocsin, &known).isEmpty, "\(day)")
                    try await at("\(day)T0\(hour + 1):00:00Z", tocsin)
                    #expect(try told(tocsin, &known) == ["alice", "bob"], "\(day)")
                    try await tocsin.advance(minutes: 30)
                    #expect(try told(tocsin, &known).isEmpty, "\(day)")
                }
            }
        }

        @Test func anEditBeforeTheHandoffMovesTheNotice() async throws {
            try await TocsinSystem.run { tocsin in
                try await begin(tocsin, minutes: "0", notify: "oncall")
                var known = 0
                try await at("2026-03-09T07:59:00Z", tocsin)
                try await put(["alice", "carol"], tocsin)
                try await tocsin.settle()
                #expect(try told(tocsin, &known).isEmpty)
                try await at("2026-03-09T08:00:00Z", tocsin)
                #expect(try told(tocsin, &known) == ["carol"])
                try await tocsin.advance(minutes: 10)
                #expect(try told(tocsin, &known).isEmpty)
            }
        }

        @Test func aWaitingNoticeThatIsNoLongerTrueIsTakenBack() async throws {
            try await TocsinSystem.run { tocsin in
                try await begin(tocsin, minutes: "60", notify: "oncall")
                var known = 0
                try await at("2026-03-09T07:00:00Z", tocsin, without: Self.relay)
                try await put(["alice", "carol"], tocsin)
                try await tocsin.settle(without: Self.relay)
                try await tocsin.settle()
                #expect(try told(tocsin, &known) == ["carol"])
            }
        }

        @Test func ofNoticesThatHadToWaitOnlyTheNewestIsSent() async throws {
            try await TocsinSystem.run { tocsin in
                try await begin(tocsin, minutes: "60, 30, 0", notify: "oncall")
                var known = 0
                for instant in ["2026-03-09T07:00:00Z", "2026-03-09T07:30:00Z", "2026-03-09T08:00:00Z"] {
                    try await at(instant, tocsin, without: Self.relay)
                }
                try await tocsin.settle()
                #expect(try told(tocsin, &known) == ["bob"])
                let mail = try #require(try tocsin.mail.mails().last)
                #expect(mail.header("Subject") == "You are on call for payments now")
            }
        }

        @Test func withoutARuleNobodyIsTold() async throws {
            try await TocsinSystem.run { tocsin in
                try await begin(tocsin, minutes: "")
                try await at("2026-03-09T08:00:00Z", tocsin)
                #expect(try tocsin.mailed().isEmpty)
            }
        }
    }
}
