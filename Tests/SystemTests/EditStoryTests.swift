import Contracts
import Foundation
import Postgres
import TestSupport
import Testing

extension Stories {
    @Suite struct EditStoryTests {
        private static let minutes = 70
        private static let editsAMinute = 3
        /// One round of the policies here and of the built-in one, when only its last chance reaches anybody.
        private static let longestSilence: TimeInterval = 30 * 60

        /// ESC-6 with everything real: schedules at OnCall, accounts and policies at IncidentManagement, mails at a mail server. Whatever is
        /// edited under running escalations, somebody is mailed within a round.
        @Test func twoHundredRandomEditsOfPoliciesSchedulesAndPeopleSilenceNoEscalation() async throws {
            try await TocsinSystem.run { tocsin in
                var editor = Editor(tocsin)
                try await editor.begin()
                let start = tocsin.clock.now
                var opened: [String: Date] = [:]
                for minute in 0...Self.minutes {
                    // Later incidents are opened under whatever the policies are by then.
                    if minute.isMultiple(of: 10) {
                        for number in 0..<4 {
                            let answer = try await tocsin.alert("svc-\(minute)-\(number)", team: "payments")
                            let id = try #require(answer["incident_id"]?.string)
                            opened[id] = tocsin.clock.now
                        }
                    }
                    try await tocsin.settle()
                    for _ in 0..<Self.editsAMinute { try await editor.edit() }
                    tocsin.clock.advance(by: .seconds(60))
                }
                try await tocsin.settle()

                #expect(editor.done.values.allSatisfy { $0 >= 30 } && editor.done.values.reduce(0, +) >= 150, "\(editor.done)")
                let rows = try await tocsin.database.administrator().api.query(
                    "SELECT incident_id::text AS id, created_at FROM incident.page WHERE status = 'sent' ORDER BY created_at")
                var mailed: [String: [Date]] = [:]
                for row in rows { mailed[try row("id"), default: []].append(try row("created_at")) }
                for (id, from) in opened {
                    let times = [from] + (mailed[id] ?? []) + [start.addingTimeInterval(Double(Self.minutes) * 60)]
                    let silence = zip(times.dropFirst(), times).map { $0.timeIntervalSince($1) }.max() ?? 0
                    #expect(silence <= Self.longestSilence, "\(id) was silent for \(silence / 60) minutes")
                }
            }
        }
    }
}

/// Edits what an escalation stands on, as a seed has it.
private struct Editor {
    enum Kind: CaseIterable { case policy, schedule, person }

    private static let names = ["alice", "bob", "carol"]
    private static let policies = "/api/v1/escalation/policies"

    /// Edits that were taken.
    private(set) var done: [Kind: Int] = [:]
    private let tocsin: TocsinSystem
    private var random: UInt64 = 20_261_121
    private var made = 0

    init(_ tocsin: TocsinSystem) { self.tocsin = tocsin }

    mutating func begin() async throws {
        try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
        for name in Self.names { _ = try await makePerson(name) }
        _ = try await makePolicy()
    }

    mutating func edit() async throws {
        let kind = Kind.allCases[roll(Kind.allCases.count)]
        let answer =
            switch kind {
            case .policy: try await editPolicy()
            case .schedule: try await editSchedule()
            case .person: try await editPerson()
            }
        #expect(answer.status < 500, "\(answer.body)")
        if answer.isSuccess { done[kind, default: 0] += 1 }
    }

    private mutating func editPolicy() async throws -> HTTPCall {
        let list = try await send("GET", Self.policies, to: .incidentManagement).json.array ?? []
        guard !list.isEmpty, roll(2) == 0, let id = list[roll(list.count)]["id"]?.string else { return try await makePolicy() }
        switch roll(3) {
        case 0: return try await send("DELETE", "\(Self.policies)/\(id)", to: .incidentManagement)
        case 1: return try await send("PATCH", "\(Self.policies)/\(id)", #"{"is_active":false}"#, to: .incidentManagement)
        default: return try await send("PATCH", "\(Self.policies)/\(id)", #"{"steps":[\#(step(0))]}"#, to: .incidentManagement)
        }
    }

    private mutating func makePolicy() async throws -> HTTPCall {
        made += 1
        let body =
            #"{"name":"p\#(made)","position":\#(roll(100)),"repeat":{"times":2,"after_minutes":10},"exhausted":{"restart_after_minutes":10},"#
            + #""empty_level":"skip","steps":[\#(step(0)),\#(step(5)),\#(step(10))]}"#
        return try await send("POST", Self.policies, body, to: .incidentManagement)
    }

    private mutating func step(_ delay: Int) -> String {
        let targets = [
            #"{"type":"on_call","role":"primary"}"#, #"{"type":"on_call","role":"secondary"}"#,
            #"{"type":"schedule","schedule":"payments"}"#,
            #"{"type":"team"}"#, #"{"type":"admins"}"#,
        ]
        return #"{"delay_minutes":\#(delay),"actions":[{"type":"notify","targets":[\#(targets[roll(targets.count)])]}]}"#
    }

    private mutating func editSchedule() async throws -> HTTPCall {
        let name = Self.names[roll(Self.names.count)]
        switch roll(6) {
        case 0: return try await send("DELETE", "/api/v1/schedules/payments", to: .onCall)
        case 1:
            return try await send(
                "POST", "/api/v1/oncall/override",
                #"{"team":"payments","user_name":"\#(name)","user_email":"\#(name)@example.org","duration_hours":1}"#, to: .onCall)
        case 2: return try await send("DELETE", "/api/v1/oncall/override/payments", to: .onCall)
        case 3:
            return try await send(
                "PATCH", "/api/v1/schedules/payments", #"{"add_members":[{"name":"\#(name)","email":"\#(name)@example.org"}]}"#, to: .onCall
            )
        // A name nobody knows, without an address.
        case 4: return try await send("POST", "/api/v1/schedules", #"{"team":"payments","primary":["ghost"]}"#, to: .onCall)
        default:
            return try await send(
                "POST", "/api/v1/schedules", #"{"team":"payments","primary":["\#(name)"],"secondary":["\#(name)@example.org"]}"#,
                to: .onCall)
        }
    }

    private mutating func editPerson() async throws -> HTTPCall {
        let users = try await send("GET", "/api/v1/users", to: .incidentManagement).json.array ?? []
        let people = users.filter { $0["email"]?.string != TocsinSystem.admin }
        guard !people.isEmpty, roll(3) > 0, let id = people[roll(people.count)]["id"]?.string else {
            return try await makePerson(Self.names[roll(Self.names.count)])
        }
        switch roll(4) {
        case 0: return try await send("DELETE", "/api/v1/users/\(id)", to: .incidentManagement)
        case 1: return try await send("PATCH", "/api/v1/users/\(id)", #"{"is_active":false}"#, to: .incidentManagement)
        case 2: return try await send("PATCH", "/api/v1/users/\(id)", #"{"is_active":true}"#, to: .incidentManagement)
        default: return try await send("PATCH", "/api/v1/users/\(id)", #"{"role":"viewer"}"#, to: .incidentManagement)
        }
    }

    private func makePerson(_ name: String) async throws -> HTTPCall {
        try await send(
            "POST", "/api/v1/users",
            #"{"email":"\#(name)@example.org","role":"responder","teams":["payments"],"password":"\#(TocsinSystem.password)"}"#,
            to: .incidentManagement)
    }

    private func send(_ method: String, _ path: String, _ body: String? = nil, to peer: Peer) async throws -> HTTPCall {
        try await tocsin.send(method, peer, path, bearer: tocsin.token, body: body)
    }

    /// xorshift64.
    private mutating func roll(_ sides: Int) -> Int {
        random ^= random << 13
        random ^= random >> 7
        random ^= random << 17
        return Int(random % UInt64(sides))
    }
}
