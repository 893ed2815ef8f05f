import Auth
import Contracts
import Foundation
import HTTPTypes
import OnCall
import Postgres
import ServiceKit
import TestSupport
import Testing

extension OnCallAPI {
    func calendar(_ body: String, by caller: Caller) async throws -> Answer {
        let made = try await send(.post, "/api/v1/calendars", body, by: caller)
        try #require(made.status == 201, "\(made.text)")
        return made
    }

    /// The path of the secret address.
    func path(of calendar: Answer) throws -> String {
        let url = try #require(calendar.json["url"]?.string.flatMap { URL(string: $0) })
        return url.path()
    }

    func feed(_ calendar: Answer, _ method: HTTPRequest.Method = .get, headers: HTTPFields = [:]) async throws -> Answer {
        try await send(method, try path(of: calendar), as: nil, headers: headers)
    }
}

/// Alice and Bob take turns from Monday 09:00 on, Alice first; Carol is second. It is Monday 2026-03-02, noon.
@Suite struct CalendarHTTPTests {
    /// The values of a property, lines unfolded.
    private static func values(_ name: String, _ text: String) -> [String] {
        text.replacing("\r\n ", with: "").split(separator: "\r\n").filter { $0.hasPrefix(name + ":") }.map {
            String($0.dropFirst(name.count + 1))
        }
    }

    @Test func aTeamsCalendarHasEverybodysShiftsForAYear() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let made = try await api.calendar(#"{"team": "payments", "reminders": [60, 1440]}"#, by: api.person("Alice"))
            #expect(made.json["title"]?.string == "On call: payments" && made.json["owner"]?.string == "alice@example.org")
            #expect(made.json["url"]?.string?.hasPrefix("http://127.0.0.1:8003/calendars/tcs_calendar_") == true)
            let feed = try await api.feed(made)
            #expect(feed.status == 200 && feed.headers[.contentType] == "text/calendar; charset=utf-8")
            #expect(feed.headers[.cacheControl] == "private, no-cache")
            #expect(Self.values("X-WR-CALNAME", feed.text) == ["On call: payments"])
            let primary = Self.values("SUMMARY", feed.text).filter { $0.hasSuffix("(primary)") }
            #expect(
                primary.prefix(3) == [
                    "On call: Alice: payments (primary)", "On call: Bob: payments (primary)", "On call: Alice: payments (primary)",
                ])
            #expect(primary.count == 53)
            #expect(Self.values("DTSTART", feed.text).first == "20260302T120000Z", "before that there was no schedule")
            #expect(Self.values("DTSTART", feed.text).last == "20270301T090000Z")
            #expect(Self.values("TRIGGER", feed.text).prefix(2) == ["-PT1440M", "-PT60M"])
            let uids = Self.values("UID", feed.text)
            #expect(Set(uids).count == uids.count)
            api.clock.advance(by: .seconds(5 * 86_400))
            let later = try await api.feed(made)
            #expect(Set(Self.values("UID", later.text)).isSuperset(of: uids), "the same names on another day")
        }
    }

    @Test func aPersonsCalendarHasTheirShiftsInAllTeams() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            _ = try await api.send(
                .post, "/api/v1/schedules",
                #"{"team": "billing", "primary": ["ally", "bob@example.org"], "secondary": ["carol@example.org"]}"#)
            _ = try await api.send(
                .post, "/api/v1/oncall/override",
                #"{"team": "billing", "user_name": "A", "user_email": "ALICE@example.org", "kind": "add", "role": "secondary"}"#)
            _ = try await api.send(.post, "/api/v1/schedules", #"{"team": "search", "primary": ["zoe@example.org"]}"#)
            let alice = api.person("Alice")
            api.incidents.know("ally", as: KnownUser(id: .make(at: api.clock.now), name: "Alice", email: alice.email, isActive: true))
            let mine = try await api.calendar(#"{"me": true, "title": "mine; all"}"#, by: alice)
            let feed = try await api.feed(mine)
            #expect(
                Set(Self.values("SUMMARY", feed.text)) == [
                    "On call: payments (primary)", "On call: billing (primary)", "On call: billing (secondary)",
                ])
            #expect(Self.values("X-WR-CALNAME", feed.text) == [#"mine\; all"#])
            // What is behind names may be older than whether the owner's account is active.
            api.clock.advance(by: .seconds(50))
            #expect(try await api.feed(mine).status == 200)
            api.incidents.reachable(false)
            api.clock.advance(by: .seconds(50))
            let other = try await api.calendar(#"{"me": true, "role": "secondary"}"#, by: alice)
            #expect(Set(Self.values("SUMMARY", try await api.feed(other).text)) == ["On call: billing (secondary)"])
        }
    }

    @Test func aTagStandsUntilSomethingChanges() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let alice = api.person("Alice")
            let made = try await api.calendar(#"{"team": "payments"}"#, by: alice)
            let first = try await api.feed(made)
            let tag = try #require(first.headers[.eTag])
            api.clock.advance(by: .seconds(3600))
            #expect(try await api.ask(#""from": "2026-03-05T00:00:00Z", "until": "2026-03-06T00:00:00Z""#, by: alice).status == 201)
            for field in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let answer = try await api.feed(made, headers: [.ifNoneMatch: field])
                #expect(answer.status == 304 && answer.text.isEmpty && answer.headers[.eTag] == tag, "\(field)")
            }
            #expect(try await api.feed(made, headers: [.ifNoneMatch: "\"other\""]).status == 200)
            _ = try await api.send(.post, "/api/v1/oncall/take", #"{"team": "payments"}"#, by: api.person("Dan"))
            let changed = try await api.feed(made, headers: [.ifNoneMatch: tag])
            #expect(changed.status == 200 && changed.headers[.eTag] != tag)
            #expect(Self.values("SUMMARY", changed.text).contains("On call: Dan: payments (primary)"))
            #expect(
                Set(Self.values("DTSTAMP", first.text)) == ["20260302T120000Z"]
                    && Set(Self.values("DTSTAMP", changed.text)) == ["20260302T130000Z"])
        }
    }

    @Test func headSaysWhatGetWouldSay() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let made = try await api.calendar(#"{"team": "payments"}"#, by: api.person("Alice"))
            let (get, head) = (try await api.feed(made), try await api.feed(made, .head))
            #expect(head.status == 200 && head.text.isEmpty && head.headers[.eTag] == get.headers[.eTag])
            #expect(head.headers[.contentType] == get.headers[.contentType])
            #expect(try await api.feed(made, .post).status == 405)
        }
    }

    @Test func whatIsRevokedUnknownOrMistypedIsNotThereAlike() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let alice = api.person("Alice")
            let made = try await api.calendar(#"{"team": "payments"}"#, by: alice)
            let id = try #require(made.json["calendar_id"]?.string)
            let good = try api.path(of: made)
            #expect(try await api.send(.delete, "/api/v1/calendars/\(id)", by: api.person("Bob")).status == 404, "it is not Bob's")
            #expect(try await api.send(.get, good, as: nil).status == 200)
            #expect(try await api.send(.delete, "/api/v1/calendars/\(id)", by: alice).json["status"]?.string == "calendar_revoked")
            let stranger = APIToken.make(kind: .calendar).text.reveal()
            let wrongKind = APIToken.make(kind: .api).text.reveal()
            var bodies: Set<String> = []
            for path in [
                good, "/calendars/\(stranger).ics", "/calendars/\(wrongKind).ics", "/calendars/x.ics", "/calendars/%00.ics",
                "/calendars/%FF.ics",
                "/calendars/\(String(repeating: "a", count: 5000)).ics",
            ] {
                let answer = try await api.send(.get, path, as: nil, headers: [.requestID: "same"])
                #expect(answer.status == 404, "\(path)")
                bodies.insert(answer.text)
            }
            #expect(bodies.count == 1, "\(bodies)")
            #expect(try await api.history("calendar_revoked").count == 1)
        }
    }

    @Test func anotherSecretEndsTheOneBefore() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let alice = api.person("Alice")
            let made = try await api.calendar(#"{"team": "payments"}"#, by: alice)
            let id = try #require(made.json["calendar_id"]?.string)
            let again = try await api.send(.post, "/api/v1/calendars/\(id)/regenerate", by: alice)
            #expect(again.status == 200 && again.json["url"] != made.json["url"] && again.json["calendar_id"] == made.json["calendar_id"])
            #expect(try await api.feed(made).status == 404)
            #expect(try await api.feed(again).status == 200)
            #expect(try await api.send(.post, "/api/v1/calendars/\(id)/regenerate", by: api.person("Bob")).status == 404)
        }
    }

    @Test func aCalendarEndsWithItsOwnersAccount() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let alice = api.person("Alice")
            let made = try await api.calendar(#"{"team": "payments"}"#, by: alice)
            #expect(try await api.feed(made).status == 200)
            api.incidents.know(alice.email, as: KnownUser(id: .make(at: api.clock.now), name: "Alice", email: alice.email, isActive: false))
            api.clock.advance(by: .seconds(2))
            #expect(try await api.feed(made).status == 404)
        }
    }

    /// What was true a minute ago is not believed for ever.
    @Test func aCalendarIsServedForAMinuteWhileNobodyKnowsItsOwner() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let made = try await api.calendar(#"{"team": "payments"}"#, by: api.person("Alice"))
            #expect(try await api.feed(made).status == 200)
            api.incidents.reachable(false)
            api.clock.advance(by: .seconds(59))
            #expect(try await api.feed(made).status == 200)
            api.clock.advance(by: .seconds(1))
            #expect(try await api.feed(made).status == 503)
            api.incidents.reachable(true)
            #expect(try await api.feed(made).status == 200)
        }
    }

    @Test func theListShowsOnesOwnWithoutSecrets() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, bob, boss) = (api.person("Alice"), api.person("Bob"), api.person("Boss", .admin))
            let made = try await api.calendar(#"{"team": "payments"}"#, by: alice)
            _ = try await api.calendar(#"{"me": true}"#, by: bob)
            let own = try await api.send(.get, "/api/v1/calendars", by: alice)
            #expect(
                own.json.array?.map { $0["calendar_id"] } == [made.json["calendar_id"]] && !own.text.contains("tcs_")
                    && !own.text.contains("url"))
            #expect(try await api.send(.get, "/api/v1/calendars", by: boss).json.array?.count == 2)
            #expect(try await api.send(.get, "/api/v1/calendars", by: api.person("Vera", .viewer)).status == 403)
        }
    }

    @Test func onlyADigestIsKeptAndNoLogHasTheSecret() async throws {
        let log = LogRecorder()
        try await withOnCall(log: log) { api async throws in
            try await api.makePayments()
            let made = try await api.calendar(#"{"team": "payments"}"#, by: api.person("Alice"))
            let secret = try #require(try api.path(of: made).split(separator: "/").last?.split(separator: ".").first.map(String.init))
            _ = try await api.feed(made)
            _ = try await api.send(.get, "/calendars/\(secret)", as: nil)
            _ = try await api.send(.get, "/calendars/\(secret).ics/more", as: nil)
            _ = try await api.send(.post, "/calendars/\(secret).ics", as: nil)
            let lane = api.database.database(schema: OnCallMigrations.schema).api
            let digests = try await lane.values(String.self, "SELECT secret_digest FROM oncall.calendar")
            #expect(digests.count == 1 && digests.first == APIToken(secret)?.digest)
            #expect(!log.entries.isEmpty && log.entries.contains { $0.metadata["http.route"] == "/calendars/{secret}.ics" })
            #expect(!log.entries.contains { $0.description.contains(secret) })
            let metrics = try await api.send(.get, "/metrics", as: nil).text
            #expect(metrics.contains("/calendars/{secret}.ics") && !metrics.contains(secret))
        }
    }

    @Test func aCalendarIsReadSoManyTimesAMinute() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let alice = api.person("Alice")
            let (made, other) = (
                try await api.calendar(#"{"team": "payments"}"#, by: alice), try await api.calendar(#"{"me": true}"#, by: alice)
            )
            for _ in 0..<30 { #expect(try await api.feed(made).status == 200) }
            let refused = try await api.feed(made)
            #expect(refused.status == 429 && refused.code == "too_many_requests" && refused.headers[.retryAfter] == "60")
            #expect(try await api.feed(other).status == 200, "each has a budget of its own")
            api.clock.advance(by: .seconds(60))
            #expect(try await api.feed(made).status == 200)
        }
    }

    @Test(arguments: [
        ("{}", ["/team"]), (#"{"team": "payments", "me": true}"#, ["/team"]), (#"{"me": true, "reminders": [-1]}"#, ["/reminders/0"]),
        (#"{"me": true, "reminders": [5, 1e9]}"#, ["/reminders/1"]), (#"{"me": true, "reminders": [1, 2, 3, 4, 5, 6]}"#, ["/reminders"]),
        (#"{"me": true, "url": "x"}"#, ["/url"]), (#"{"me": true, "role": "third"}"#, ["/role"]),
    ])
    func whatCannotBeACalendarIsRefused(_ body: String, _ pointers: [String]) async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let answer = try await api.send(.post, "/api/v1/calendars", body, by: api.person("Alice"))
            #expect(answer.status == 422 && answer.pointers == pointers, "\(answer.text)")
        }
    }

    @Test func thereAreSoManyCalendarsAPerson() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let alice = api.person("Alice")
            for _ in 0..<20 { _ = try await api.calendar(#"{"me": true}"#, by: alice) }
            let more = try await api.send(.post, "/api/v1/calendars", #"{"me": true}"#, by: alice)
            #expect(more.status == 409 && more.code == "too_many_calendars")
            #expect(try await api.send(.post, "/api/v1/calendars", #"{"team": "nobody"}"#, by: api.person("Bob")).status == 404)
            #expect(try await api.send(.post, "/api/v1/calendars", #"{"me": true}"#).code == "account_required")
        }
    }
}
