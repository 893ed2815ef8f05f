import Auth
import Contracts
import Foundation
import Hummingbird
import ServiceClients
import Testing

@Suite(.serialized) struct TypedClientTests {
    static let now = Date(timeIntervalSince1970: 1_795_000_000)
    static let incident = IncidentID.make(at: now)

    /// Runs `call` against a peer that answers `answer`, and returns what the peer was sent.
    private func exchange(_ answer: String, _ call: (PeerClient) async throws -> Void) async throws -> StubPeer.Seen {
        var seen: StubPeer.Seen?
        try await StubPeer.run { _, _ in
            .json(answer)
        } _: { peer in
            try await call(peer.client)
            seen = peer.seen.first
        }
        return try #require(seen)
    }

    @Test func alertEventsAreAnsweredOneByOne() async throws {
        let event = AlertEventID.make(at: Self.now)
        let summary = AlertSummary(
            alertID: .make(at: Self.now), title: "t", description: nil, service: "s", team: nil, severity: .high, source: "x", labels: [:],
            links: [], alertCount: 1, lastSeenAt: Self.now
        )
        let message = AlertEventMessage(eventID: event, incidentID: Self.incident, groupSeq: 1, kind: .open, alert: summary)
        let seen = try await exchange(#"{"items":[{"event_id":"\#(event)","verdict":"out_of_order"}]}"#) { client in
            let answers = try await IncidentClient(client).alertEvents(AlertEventBatch(items: [message]))
            #expect(answers.items == [AlertEventAnswer(eventID: event, verdict: .outOfOrder)])
        }
        #expect(seen.path == InternalPath.alertEvents)
        #expect(try WireJSON.decode(AlertEventBatch.self, fromText: seen.body).items == [message])
    }

    @Test func permitIsAskedOncePerAttempt() async throws {
        let question = PermitQuestion(pageID: .make(at: Self.now), attemptID: .make(at: Self.now), incidentID: Self.incident, epoch: 3)
        let seen = try await exchange(#"{"verdict":"acknowledged"}"#) { client in
            let answer = try await IncidentClient(client).permit(question)
            #expect(answer.verdict == .acknowledged)
        }
        #expect(seen.path == InternalPath.permit)
        #expect(seen.headers["idempotency-key"] == question.attemptID.description)
        #expect(try WireJSON.decode(PermitQuestion.self, fromText: seen.body) == question)
    }

    @Test func outcomesNeedNoAnswerBody() async throws {
        let outcome = PageOutcome(
            pageID: .make(at: Self.now), incidentID: Self.incident, epoch: 1, result: .sent, channel: .email, reason: "smtp_accepted",
            at: Self.now
        )
        let seen = try await exchange("") { try await IncidentClient($0).outcomes([outcome]) }
        #expect(seen.path == InternalPath.outcomes)
        #expect(try WireJSON.decode(PageOutcomeBatch.self, fromText: seen.body).items == [outcome])
    }

    @Test func standingAndKeysComeFromIncidentManagement() async throws {
        let seen = try await exchange(#"{"role":"admin","name":"ci","teams":[]}"#) { client in
            let standing = try await IncidentClient(client).standing(of: StandingQuestion(kind: .apiToken, subject: "ab"))
            #expect(standing.role == .admin)
        }
        #expect(seen.path == InternalPath.standing)
        #expect(seen.body == #"{"kind":"api_token","subject":"ab"}"#)
        let keys = try await exchange(#"{"keys":[]}"#) { client in
            let jwks = try await IncidentClient(client).jwks()
            #expect(jwks == #"{"keys":[]}"#)
        }
        #expect(keys.method == "GET" && keys.path == "/.well-known/jwks.json")
    }

    @Test func usersAreResolvedByHandle() async throws {
        let user = UserID.make(at: Self.now)
        let seen = try await exchange(#"{"users":{"alice":{"id":"\#(user)","name":"A","email":"a@b.c","is_active":true}}}"#) { client in
            let answer = try await IncidentClient(client).users(RecipientQuestion(handles: ["alice"]))
            #expect(answer.users["alice"]?.id == user)
        }
        #expect(seen.path == InternalPath.recipients)
    }

    @Test func escalationIsAskedByItsFiring() async throws {
        let question = EscalateQuestion(
            firingID: .make(at: Self.now), incidentID: Self.incident, epoch: 1, step: 0, round: 0,
            targets: [.onCall(team: "core", role: .primary), .admins], at: Self.now
        )
        let seen = try await exchange(#"{"recipients":[],"schedule_version":4,"valid_until":"2026-11-18T01:46:40Z"}"#) { client in
            let answer = try await OnCallClient(client).escalate(question)
            #expect(answer.scheduleVersion == 4)
        }
        #expect(seen.path == InternalPath.escalate)
        #expect(seen.headers["idempotency-key"] == question.firingID.description)
        #expect(try WireJSON.decode(EscalateQuestion.self, fromText: seen.body) == question)
    }

    @Test func notificationAndAlertIngestionAreTold() async throws {
        let pages = try await exchange("") { try await NotificationClient($0).pages(PageBatch(items: [])) }
        #expect(pages.path == InternalPath.pages)
        let raised = EpochRaised(incidentID: Self.incident, epoch: 2, reason: "acknowledged")
        let epochs = try await exchange("") { try await NotificationClient($0).epochs([raised]) }
        #expect(epochs.path == InternalPath.epochs)
        #expect(try WireJSON.decode(EpochRaisedBatch.self, fromText: epochs.body).items == [raised])
        let closed = IncidentClosed(incidentID: Self.incident, reason: .merged, closedAt: Self.now)
        let told = try await exchange("") { try await AlertClient($0).closed(closed) }
        #expect(told.path == InternalPath.closed(Self.incident))
    }
}
