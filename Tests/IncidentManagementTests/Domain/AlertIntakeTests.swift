import Contracts
import Foundation
import IncidentManagement
import Testing

@Suite struct AlertIntakeTests {
    static let table: [(AlertEventMessage.Kind, Int, known: Int?, IncidentStatus, AlertIntake)] = [
        (.open, 1, nil, .open, .open),
        (.open, 2, nil, .open, .refuse(.outOfOrder)),
        (.update, 1, nil, .open, .refuse(.outOfOrder)),
        (.update, 2, 1, .open, .update),
        (.update, 3, 1, .open, .refuse(.outOfOrder)),
        (.update, 2, 1, .acknowledged, .update),
        (.resolve, 2, 1, .investigating, .resolve),
        (.open, 1, 1, .open, .refuse(.duplicate)),
        (.update, 2, 4, .open, .refuse(.duplicate)),
        (.update, 2, 1, .resolved, .refuse(.closed)),
        (.resolve, 2, 2, .resolved, .refuse(.duplicate)),
    ]

    @Test(arguments: table) func eventIsJudgedByItsPlaceAndTheIncidentsState(
        kind: AlertEventMessage.Kind, seq: Int, known: Int?, status: IncidentStatus, expected: AlertIntake
    ) throws {
        let event = AlertEventMessage.example(kind: kind, seq: seq)
        let incident = try known.map { groupSeq in
            var incident = try Incident.example(in: status)
            incident.groupSeq = groupSeq
            return incident
        }
        #expect(AlertIntake.decide(event, incident: incident) == expected)
    }

    @Test func eventOfADeletedIncidentIsAnsweredClosed() throws {
        var incident = try Incident.example(in: .open)
        incident.groupSeq = 1
        incident.isDeleted = true
        #expect(AlertIntake.decide(.example(kind: .update, seq: 2), incident: incident) == .refuse(.closed))
    }

    @Test func severityOnlyRises() throws {
        var incident = try Incident.example(in: .open)
        incident.attach(.example(kind: .update, seq: 1, severity: .critical), at: .example)
        incident.attach(.example(kind: .update, seq: 2, severity: .low), at: .example)
        #expect(incident.severity == .critical)
    }

    @Test func repeatDoesNotUndoWhatSomebodyLowered() throws {
        var incident = Incident(
            opening: .example(kind: .open, seq: 1, severity: .high), team: nil, policy: .standard, at: .example)
        incident.severity = .low
        let lowered = incident
        incident.attach(.example(kind: .update, seq: 2, severity: .high), at: .example)
        #expect(incident.severity == .low && !incident.isAnotherCase(than: lowered))
        incident.attach(.example(kind: .update, seq: 3, severity: .critical), at: .example)
        #expect(incident.severity == .critical && incident.isAnotherCase(than: lowered))
    }

    @Test func repeatsAreCountedAndNoNews() {
        var incident = Incident(opening: .example(count: 1), team: nil, policy: .standard, at: .example)
        let opened = incident
        let news = (1...600).map { second in
            incident.attach(.example(kind: .update, seq: second + 1, joined: 0, count: second + 1), at: .example + Double(second))
        }
        #expect(news.allSatisfy { $0 == .repeated })
        #expect(incident.alertCount == 601 && incident.groupSeq == 601)
        #expect(incident.version == opened.version && incident.updatedAt == opened.updatedAt)
    }

    @Test func alertThatJoinsAndSeverityThatRisesAreALineAndAVersionAtOnce() {
        var incident = Incident(opening: .example(count: 1), team: nil, policy: .standard, at: .example)
        #expect(incident.attach(.example(kind: .update, seq: 2, joined: 2, count: 90), at: .example + 1) == .joined(2))
        #expect(incident.attach(.example(kind: .update, seq: 3, severity: .critical, joined: 0, count: 91), at: .example + 2) == .worse)
        #expect(incident.version == 3 && incident.updatedAt == .example + 2 && incident.alertCount == 91)
        // A release that does not say how many joined: what the count rose by.
        #expect(incident.attach(.example(kind: .update, seq: 4, count: 95), at: .example + 3) == .joined(4))
        #expect(incident.attach(.example(kind: .update, seq: 5, count: 95), at: .example + 4) == .repeated)
    }

    @Test(arguments: [
        (1, IncidentStatus.open, 1, false, PermitAnswer.Verdict.granted), (1, .open, 2, false, .superseded),
        (1, .acknowledged, 2, false, .acknowledged), (1, .investigating, 2, false, .acknowledged), (1, .resolved, 2, false, .resolved),
        (1, .open, 1, true, .deleted),
    ])
    func permitIsGrantedOnlyForThePresentEpochOfAnOpenIncident(
        epoch: Int, status: IncidentStatus, present: Int, isDeleted: Bool, expected: PermitAnswer.Verdict
    ) {
        #expect(PermitAnswer.Verdict.decide(epoch: epoch, incident: (status, present, isDeleted)) == expected)
    }

    @Test func permitForAnUnknownIncidentIsRefused() {
        #expect(PermitAnswer.Verdict.decide(epoch: 1, incident: nil) == .unknownIncident)
    }
}
