import Contracts
import Foundation
import HTTPTypes
import OnCall
import TestSupport
import Testing

/// The coverage report and the fairness ledger over HTTP.
@Suite struct AnswersHTTPTests {
    private static let week = "team=payments&from=2026-03-02T12:00:00Z&to=2026-03-09T12:00:00Z"

    @Test func coverageShowsGapsWithTheirReasonAndThePartsOfTheScore() async throws {
        try await withOnCall { api async throws in
            let body = """
                {"team": "payments", "layers": [{"members": ["Alice", "Bob"], "start": "2026-03-02",
                 "restrictions": [{"type": "daily", "start_time": "00:00", "duration_seconds": 43200}]}]}
                """
            #expect(try await api.send(.post, "/api/v1/schedules", body).status == 201)
            let answer = try await api.send(.get, "/api/v1/oncall/coverage?\(Self.week)", as: .viewer)
            try #require(answer.status == 200, "\(answer.text)")
            #expect(answer.json["coverage"]?.array?.count == 1)
            #expect(answer.json["coverage"]?.array?.first?["share"]?.double == 0.5)
            #expect(answer.json["gap_count"]?.integer == 7)
            let gap = answer.json["gaps"]?.array?.first
            #expect(gap?["reason"]?.string == "gap" && gap?["hours"]?.double == 12 && gap?["start"]?.string == "2026-03-02T12:00:00Z")
            #expect(gap?["explanation"]?.string?.contains("restrictions") == true)
            let quality = answer.json["quality"]
            #expect(quality?["score"]?.integer == 75 && quality?["coverage_percent"]?.double == 50)
            #expect(quality?["balance_counted"]?.double == 100 && quality?["to"]?.string == "2027-03-01T12:00:00Z")
            #expect(quality?["people"]?.array?.count == 2)
        }
    }

    @Test func coverageOfAnUnknownTeamIsNotFound() async throws {
        try await withOnCall { api async throws in
            #expect(try await api.send(.get, "/api/v1/oncall/coverage?team=nobody", as: .viewer).status == 404)
            #expect(try await api.send(.get, "/api/v1/oncall/ledger?team=nobody", as: .viewer).status == 404)
            #expect(try await api.send(.get, "/api/v1/oncall/coverage", as: .viewer).pointers == ["/team"])
        }
    }

    @Test func editsChangeWhatIsPlannedAndNeverWhatWas() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            api.clock.advance(by: .seconds(86_400))
            let day = "team=payments&from=2026-03-02T12:00:00Z&to=2026-03-03T12:00:00Z"
            let before = try await api.send(.get, "/api/v1/oncall/ledger?\(day)", as: .viewer)
            try #require(before.status == 200, "\(before.text)")
            _ = try await api.send(.post, "/api/v1/schedules", #"{"team": "payments", "primary": ["zoe"]}"#)
            #expect(try await api.send(.get, "/api/v1/oncall/ledger?\(day)", as: .viewer).text == before.text)
            let people = before.json["people"]?.array ?? []
            #expect(people.map { $0["name"]?.string } == ["Alice", "Carol"])
            #expect(people.first?["hours"]?.double == 24 && people.first?["planned_hours"]?.double == 0)
            #expect(people.first?["night_hours"]?.double == 8 && people.last?["secondary_hours"]?.double == 24)
            let week = try await api.send(.get, "/api/v1/oncall/ledger?\(Self.week)", as: .viewer)
            #expect(week.json["settled_until"]?.string == "2026-03-03T12:00:00Z")
            let zoe = week.json["people"]?.array?.first { $0["name"]?.string == "zoe" }
            #expect(zoe?["hours"]?.double == 144 && zoe?["planned_hours"]?.double == 144 && zoe?["weekend_days"]?.integer == 2)
        }
    }

    @Test func theEnginesQuestionsAreThePages() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let now = api.clock.now
            let question = EscalateQuestion(
                firingID: .make(at: now), incidentID: .make(at: now), epoch: 1, step: 0, round: 0,
                targets: [.onCall(team: "payments", role: .primary)], at: now)
            _ = try await api.answer(to: question)
            // A repetition and a preview page nobody.
            _ = try await api.answer(to: question)
            _ = try await api.answer(
                to: EscalateQuestion(
                    firingID: .make(at: now), incidentID: .make(at: now), epoch: 2, step: 0, round: 0, targets: question.targets, at: now,
                    isPreview: true))
            _ = try await api.send(.post, "/api/v1/escalate", #"{"team": "payments", "incident_id": "7", "role": "secondary"}"#)
            // For two teams at once, of which one is unknown.
            _ = try await api.answer(
                to: EscalateQuestion(
                    firingID: .make(at: now), incidentID: .make(at: now), epoch: 1, step: 0, round: 0,
                    targets: question.targets + [.onCall(team: "other", role: .primary)], at: now))
            let answer = try await api.send(.get, "/api/v1/oncall/ledger?\(Self.week)", as: .viewer)
            let pages = (answer.json["people"]?.array ?? []).map { "\($0["name"]?.string ?? "") \($0["pages"]?.integer ?? -1)" }
            #expect(pages == ["Alice 2", "Bob 0", "Carol 1"])
        }
    }

    @Test func theLedgerIsCSVForWhoeverPays() async throws {
        try await withOnCall { api async throws in
            let body = """
                {"team": "payments", "members": [{"name": "=HYPERLINK(1)", "email": "eve@example.org", "role": "primary"},
                 {"name": "Smith, Ann", "email": "ann@example.org", "role": "secondary"}], "rotation_type": "weekly"}
                """
            #expect(try await api.send(.post, "/api/v1/schedules", body).status == 201)
            let path = "/api/v1/oncall/ledger"
            let byName = try await api.send(.get, "\(path).csv?\(Self.week)", as: .viewer)
            try #require(byName.status == 200, "\(byName.text)")
            #expect(byName.headers[.contentType]?.hasPrefix("text/csv") == true)
            let byFormat = try await api.send(.get, "\(path)?\(Self.week)&format=csv", as: .viewer)
            let byAccept = try await api.send(.get, "\(path)?\(Self.week)", as: .viewer, headers: [.accept: "text/csv;q=1, */*;q=0.1"])
            #expect(byFormat.text == byName.text && byAccept.text == byName.text)
            let json = try await api.send(.get, "\(path)?\(Self.week)", as: .viewer, headers: [.accept: "application/json, text/csv"])
            #expect(json.json["people"]?.array?.count == 2)
            let lines = byName.text.components(separatedBy: "\r\n")
            #expect(lines.count == 4 && lines.last == "")
            let of = "payments,2026-03-02T12:00:00Z,2026-03-09T12:00:00Z"
            #expect(lines[1] == "\(of),'=HYPERLINK(1),eve@example.org,168.0,168.0,168.0,0.0,56.0,7,48.0,2,0.0,0,0")
            #expect(lines[2].hasPrefix("\(of),\"Smith, Ann\",ann@example.org,168.0,168.0,0.0,168.0,"))
        }
    }

    @Test func handOffNoticesAreOffUntilATeamWantsThem() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let path = "/api/v1/oncall/handoff-notices/payments"
            let before = try await api.send(.get, path, as: .viewer)
            #expect(before.status == 200 && before.json["minutes_ahead"] == .array([]))
            let set = try await api.send(.put, path, #"{"minutes_ahead": [60, 0, 60], "notify": "offcall"}"#)
            #expect(set.status == 200 && set.json["minutes_ahead"] == .array([.number("0"), .number("60")]), "\(set.text)")
            #expect(try await api.send(.get, path, as: .viewer).json == set.json)
            #expect(try await api.send(.put, path, #"{"minutes_ahead": []}"#).status == 200)
            #expect(try await api.send(.get, path, as: .viewer).json["minutes_ahead"] == .array([]))
            let wrong = try await api.send(.put, path, #"{"minutes_ahead": [-1, 20161], "notify": "all"}"#)
            #expect(wrong.pointers == ["/minutes_ahead/0", "/minutes_ahead/1", "/notify"])
            #expect(try await api.send(.put, path, "{}").pointers == ["/minutes_ahead"])
            #expect(try await api.send(.put, "/api/v1/oncall/handoff-notices/nobody", #"{"minutes_ahead": [0]}"#).status == 404)
            #expect(try await api.send(.get, "/api/v1/oncall/handoff-notices/nobody", as: .viewer).status == 404)
        }
    }

    @Test(arguments: ["format=xml", "night_from=25:00", "night_from=06:00&night_to=06:00"])
    func whatTheLedgerCannotBeAskedIsRefused(_ wrong: String) async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let answer = try await api.send(.get, "/api/v1/oncall/ledger?\(Self.week)&\(wrong)", as: .viewer)
            #expect(answer.status == 422 && answer.pointers.count == 1)
        }
    }
}

extension JSONValue {
    fileprivate var double: Double? {
        guard case .number(let text) = self else { return nil }
        return Double(text)
    }
}
