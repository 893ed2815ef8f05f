import Auth
import Contracts
import Foundation
import HTTPTypes
import OnCall
import TestSupport
import Testing

/// The engine's question.
@Suite struct EngineHTTPTests {
    private static let now = Date(timeIntervalSince1970: 1_772_452_800)
    private static let payments = EscalationTarget.onCall(team: "payments", role: .primary)

    private static func question(
        incident: IncidentID = .make(at: now), epoch: Int = 1, step: Int = 0, round: Int = 0,
        _ targets: [EscalationTarget] = [payments], at instant: Date = now
    ) -> EscalateQuestion {
        EscalateQuestion(
            firingID: .make(at: now), incidentID: incident, epoch: epoch, step: step, round: round, targets: targets, at: instant)
    }

    private static func user(_ name: String, isActive: Bool = true) -> KnownUser {
        KnownUser(id: .make(at: now), name: name, email: "\(name)@example.org", isActive: isActive)
    }

    @Test func recipientsCarryAccountReasonVersionAndValidity() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let alice = Self.user("alice")
            api.incidents.know("alice@example.org", as: alice)
            let answer = try await api.answer(
                to: Self.question([.admins, .user(alice.id), Self.payments, .onCall(team: "nobody", role: .primary)]))
            let expected = Recipient(userID: alice.id, name: "Alice", email: "alice@example.org", role: "primary", reason: "rotation")
            #expect(answer == EscalateAnswer(recipients: [expected], scheduleVersion: 1, validUntil: Self.now.addingTimeInterval(3600)))
        }
    }

    @Test func theStepsOwnInstantDecides() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let answer = try await api.answer(to: Self.question(at: try instant("2026-03-09T08:59:00Z")))
            #expect(answer.recipients.map(\.name) == ["Alice"] && answer.validUntil.rfc3339 == "2026-03-09T09:00:00Z")
            #expect(try await api.answer(to: Self.question(at: try instant("2026-03-09T09:00:00Z"))).recipients.map(\.name) == ["Bob"])
        }
    }

    @Test func theFirstAnswerIsTheAnswer() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let question = Self.question()
            let first = try await api.answer(to: question)
            _ = try await api.send(
                .post, "/api/v1/oncall/override", #"{"team": "payments", "user_name": "Dan", "user_email": "dan@example.org"}"#)
            #expect(try await api.answer(to: question) == first)
            let later = try await api.answer(to: Self.question(incident: question.incidentID, round: 1))
            #expect(later.recipients.map(\.reason) == ["override"])
            let listed = try await api.send(.get, "/api/v1/escalations?team=payments", as: .viewer).json.array ?? []
            #expect(listed.map { $0["round"]?.integer }.sorted { ($0 ?? 0) < ($1 ?? 0) } == [0, 1])
        }
    }

    @Test func askedByManyAtOnceThereIsOneRecordAndOneAnswer() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let question = Self.question()
            let answers = try await withThrowingTaskGroup(of: EscalateAnswer.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        if number % 4 == 0 {
                            _ = try await api.send(
                                .post, "/api/v1/oncall/override",
                                #"{"team": "payments", "user_name": "Dan \#(number)", "user_email": "dan@example.org"}"#
                            )
                        }
                        return try await api.answer(to: question)
                    }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(answers.count == 1)
            #expect(try await api.send(.get, "/api/v1/escalations", as: .viewer).json.array?.count == 1)
        }
    }

    @Test func nobodyOnCallIsAnAnswer() async throws {
        try await withOnCall { api async throws in
            let answer = try await api.answer(to: Self.question())
            #expect(answer.recipients.isEmpty && answer.scheduleVersion == 0)
        }
    }

    @Test func accountsAreAskedForOnceAMinute() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            _ = try await api.answer(to: Self.question())
            _ = try await api.answer(to: Self.question())
            #expect(api.incidents.questions == [["alice@example.org"]])
            api.incidents.know("alice@example.org", as: Self.user("alice"))
            #expect(try await api.answer(to: Self.question()).recipients.first?.userID == nil)
            api.clock.advance(by: .seconds(60))
            #expect(try await api.answer(to: Self.question()).recipients.first?.userID != nil)
        }
    }

    @Test func withoutIncidentManagementThePageGoesOutWithoutAccount() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            api.incidents.reachable(false)
            let answer = try await api.answer(to: Self.question())
            #expect(answer.recipients.map(\.name) == ["Alice"] && answer.recipients.first?.userID == nil)
        }
    }

    @Test func aDisabledAccountIsNotNamed() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            api.incidents.know("alice@example.org", as: Self.user("alice", isActive: false))
            #expect(try await api.answer(to: Self.question()).recipients.first?.userID == nil)
        }
    }

    @Test func onlyDaemonsMayAsk() async throws {
        try await withOnCall { api async throws in
            let body = try WireJSON.encodeText(Self.question())
            #expect(try await api.send(.post, InternalPath.escalate, body, as: nil).status == 401)
            #expect(try await api.send(.post, InternalPath.escalate, body, as: .admin).status == 403)
            let stray = try api.tokens.make(from: .incidentManagement, to: .notification)
            let answer = try await api.send(.post, InternalPath.escalate, body, as: nil, headers: [.authorization: "Bearer \(stray)"])
            // Nobody's token here; whether it is a person's cannot be told while the keys of IncidentManagement are out of reach.
            #expect(answer.status == 503)
        }
    }

    @Test func aQuestionThatMakesNoSenseIsRefused() async throws {
        try await withOnCall { api async throws in
            #expect(try await api.ask(Self.question(epoch: -1)).status == 422)
            #expect(try await api.ask(Self.question(Array(repeating: .admins, count: 101))).status == 422)
        }
    }
}
