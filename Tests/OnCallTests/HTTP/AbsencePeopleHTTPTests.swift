import Contracts
import Foundation
import HTTPTypes
import OnCall
import TestSupport
import Testing

/// Who is meant by the names of time off, and who is nobody.
@Suite struct AbsencePeopleHTTPTests {
    private static let path = "/api/v1/oncall/time-off"

    private static func off(_ user: String) -> String {
        #"{"user": "\#(user)", "starts_at": "2026-03-10T00:00:00Z", "ends_at": "2026-03-12T00:00:00Z", "reason": "wedding"}"#
    }

    @Test(arguments: ["time-off", "calendar-feeds"]) func nobodyIsCalledByMoreThanAName(list: String) async throws {
        try await withOnCall { api async throws in
            let path = "/api/v1/oncall/\(list)?user="
            #expect(try await api.send(.get, path + String(repeating: "a", count: 200)).status == 200)
            let refused = try await api.send(.get, path + String(repeating: "a", count: 201))
            #expect(refused.status == 400 && refused.code == "bad_parameter", "\(refused.text)")
        }
    }

    /// As the documents and the database count: a letter under a heap of accents is many.
    @Test func lengthsAreCountedInCodePoints() async throws {
        try await withOnCall { api async throws in
            let heap = "e" + String(repeating: "%CC%81", count: 100)
            let refused = try await api.send(.get, "/api/v1/escalations?team=\(heap)")
            #expect(refused.status == 422 && refused.text.contains("/team"), "\(refused.text)")
        }
    }

    /// Everybody may call themselves anything; a user name is one person's.
    @Test func absencesAreTheirsByUserNameAndNotByFullName() async throws {
        try await withOnCall { api async throws in
            let (alice, boss) = (api.person("Alice", userName: "ally"), api.person("Boss", .admin))
            let eve = api.person("Eve", fullName: "ally")
            let team = #"{"team": "payments", "rotation_type": "weekly", "primary": ["ally"]}"#
            #expect(try await api.send(.post, "/api/v1/schedules", team).status == 201)
            let made = try await api.send(.post, Self.path, Self.off("ally"), by: boss)
            let entry = try Self.path + "/" + #require(made.json["time_off_id"]?.string, "\(made.text)")
            for (caller, isTold) in [(alice, true), (eve, false)] {
                let listed = try await api.send(.get, Self.path, by: caller)
                #expect(listed.json.array?.count == 1 && listed.text.contains("wedding") == isTold, "\(caller.name): \(listed.text)")
            }
            let stolen = try await api.send(.delete, entry, by: eve)
            #expect(stolen.status == 403 && stolen.code == "not_your_absence", "\(stolen.text)")
            #expect(try await api.send(.delete, entry, by: alice).status == 204)

            let headers: HTTPFields = [.authorization: "Bearer \(boss.token)"]
            let feed = try await api.send(
                .post, "/api/v1/oncall/calendar-feeds?kind=holiday&team=payments", TimeOffHTTPTests.calendar, as: nil,
                type: "text/calendar", headers: headers)
            let calendar = try "/api/v1/oncall/calendar-feeds/" + #require(feed.json["feed_id"]?.string, "\(feed.text)")
            #expect(try await api.send(.delete, calendar, by: eve).status == 403)
            #expect(try await api.send(.delete, calendar, by: alice).status == 204, "of the team by user name")
        }
    }

    @Test func nobodyIsSentAwayWhileNobodyCanSayWhoseNameItIs() async throws {
        try await withOnCall { api async throws in
            let (alice, boss) = (api.person("Alice", userName: "ally"), api.person("Boss", .admin))
            api.incidents.reachable(false)
            let made = try await api.send(.post, Self.path, Self.off("ally"), by: boss)
            let entry = try Self.path + "/" + #require(made.json["time_off_id"]?.string, "\(made.text)")
            #expect(try await !api.send(.get, Self.path, by: alice).text.contains("wedding"))
            #expect(try await api.send(.delete, entry, by: alice).status == 503)
            api.incidents.reachable(true)
            #expect(try await api.send(.delete, entry, by: alice).status == 204)
        }
    }

    /// 200 characters of three bytes: incident-management refuses a whole question for one of them.
    @Test func nameThatNoAccountCanHaveStopsNobodysConflicts() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let name = String(repeating: "€", count: 200)
            let team = #"{"team": "long", "rotation_type": "weekly", "primary": ["\#(name)", "ally"]}"#
            #expect(try await api.send(.post, "/api/v1/schedules", team).status == 201)
            #expect(try await api.send(.post, Self.path, Self.off("Bob@example.org")).status == 201)
            let listed = try await api.send(.get, "/api/v1/oncall/conflicts?to=2026-03-16T00:00:00Z", as: .viewer)
            #expect(listed.status == 200 && listed.json.array?.count == 1, "\(listed.text)")
            #expect(api.incidents.questions.contains { $0.contains("ally") } && !api.incidents.questions.joined().contains(name))
        }
    }

    @Test func historyKnowsThePersonByWhateverTheTeamCallsThem() async throws {
        try await withOnCall { api async throws in
            _ = (api.person("Bob", userName: "bobby"), api.person("Eve"))
            for (team, name) in [("payments", "bobby"), ("billing", "bob@example.org"), ("search", "eve")] {
                let schedule = #"{"team": "\#(team)", "rotation_type": "weekly", "primary": ["\#(name)"]}"#
                #expect(try await api.send(.post, "/api/v1/schedules", schedule).status == 201)
            }
            for user in ["bob@example.org", "bobby"] {
                let made = try await api.send(.post, Self.path, Self.off(user))
                let id = try #require(made.json["time_off_id"]?.string, "\(made.text)")
                #expect(try await api.send(.delete, "\(Self.path)/\(id)").status == 204)
                for kind in ["time_off_added", "time_off_removed"] {
                    let events = try await api.history(kind).filter { $0["details"]?["time_off_id"]?.string == id }
                    #expect(events.compactMap { $0["team"]?.string }.sorted() == ["billing", "payments"], "\(user) \(kind)")
                }
            }
        }
    }
}
