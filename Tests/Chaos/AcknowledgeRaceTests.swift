import Contracts
import Foundation
import TestSupport
import Testing

extension KillTests {
    /// The promise as the person sees it: the mail server's receipt against the moment the acknowledge's 2xx was in our hands. Both are read
    /// from this machine's clock; our own timestamps play no part.
    ///
    /// `TOCSIN_RACES=10000` races as often as the rule (reliability ESC-3) asks for.
    @Test func noMailArrivesAfterTheAcknowledgesAnswerAlsoWhenIncidentManagementIsFrozenFor400Milliseconds() async throws {
        try await ProcessSuite.run { suite in
            try await suite.schedule("chaos", primary: "alice")
            let began = ContinuousClock.now
            let answered = try await withThrowingTaskGroup(of: [String: Double].self) { group in
                for racer in 0..<Self.racers { group.addTask { try await Self.race(racer, suite) } }
                try await Self.freezeNowAndThen(suite)
                return try await group.reduce(into: [String: Double]()) { $0.merge($1) { first, _ in first } }
            }
            let time = ContinuousClock.now - began
            try await Self.drain(suite, expected: 0)
            let mails = try suite.mail.mails()
            let late = mails.filter { mail in
                guard let incident = mail.header("X-Incident-Id"), let at = answered[incident] else { return false }
                return mail.receivedAt > at
            }
            #expect(late.isEmpty, "\(late.count) of \(answered.count) were paged after their acknowledge")
            #expect(answered.count == Self.races)
            // Races that pages never won would prove nothing.
            #expect(mails.count > Self.races / 20 && mails.count < Self.races)
            print("race: \(answered.count) acknowledges in \(time), \(mails.count) mails before them, \(late.count) after")
        }
    }

    private static let races = Int(ProcessInfo.processInfo.environment["TOCSIN_RACES"] ?? "") ?? 150
    /// Each begins its next race when the one before is over, so that the load is what the machine takes.
    private static let racers = 24
    /// Milliseconds from the alert to the latest acknowledge: on a slow day a page takes a good part of them.
    private static let longestWait = 1_000
    /// After which an acknowledge that never succeeds fails the test with its last answer.
    private static let patience: Duration = .seconds(60)

    /// Its share of the races: when each acknowledge's answer came, by incident.
    private static func race(_ racer: Int, _ suite: ProcessSuite) async throws -> [String: Double] {
        var answered: [String: Double] = [:]
        for number in stride(from: racer, to: races, by: racers) {
            let (id, at) = try await race(number: number, suite)
            answered[id] = at
        }
        return answered
    }

    /// Fires an alert and acknowledges it after a while that differs from race to race.
    private static func race(number: Int, _ suite: ProcessSuite) async throws -> (String, Double) {
        let clock = ContinuousClock()
        let body = #"{"service":"race-\#(number)","severity":"critical","message":"down","labels":{"team":"chaos"}}"#
        let accepted = try await suite.post(.alertIngestion, "/api/v1/alerts", bearer: suite.ingestKey, body)
        let id = try #require(accepted["incident_id"]?.string)
        try await clock.sleep(for: .milliseconds(number * 17 % longestWait))
        let url = try suite.daemon(.incidentManagement).url + "/api/v1/incidents/\(id)/acknowledge"
        let deadline = clock.now + patience
        var last = "no answer"
        while clock.now < deadline {
            // Until the alert's outbox row has arrived there is no such incident: 404.
            if let answer = try? await HTTPCall.send("PATCH", url, bearer: suite.token) {
                if answer.status == 200 { return (id, Date().timeIntervalSince1970) }
                last = "\(answer.status) \(answer.body)"
            }
            try await clock.sleep(for: .milliseconds(20))
        }
        throw ToolFailure("no acknowledge of race \(number) within \(patience): \(last)")
    }

    private static func freezeNowAndThen(_ suite: ProcessSuite) async throws {
        let clock = ContinuousClock()
        let incidents = try suite.daemon(.incidentManagement)
        for _ in 0..<6 {
            try await clock.sleep(for: .milliseconds(600))
            incidents.signal(SIGSTOP)
            try await clock.sleep(for: .milliseconds(400))
            incidents.signal(SIGCONT)
        }
    }
}
