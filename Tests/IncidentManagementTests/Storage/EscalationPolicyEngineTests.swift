import Contracts
import Foundation
import IncidentManagement
import Postgres
import Synchronization
import Testing

@Suite struct EscalationPolicyEngineTests {
    private static func policy(_ steps: String, _ more: String = "") -> String { #"{"name":"p","steps":[\#(steps)]\#(more)}"# }

    private static func page(_ targets: String, delay: Int = 0, _ more: String = "") -> String {
        #"{"delay_minutes":\#(delay),"actions":[{"type":"notify","targets":[\#(targets)]\#(more)}]}"#
    }

    private static let primary = #"{"type":"on_call","role":"primary"}"#
    private static let secondary = #"{"type":"on_call","role":"secondary"}"#

    @Test func oneBadPolicyRowStopsNoIncidentAndIsOnTheRecord() async throws {
        try await IncidentRig.run { rig in
            for (name, body, conditions) in [
                ("no steps", #"{"name":"x","steps":[],"repeat":{"times":0,"after_minutes":1}}"#, #"{"services":["checkout"]}"#),
                ("nonsense", #"{"steps":7}"#, #"{"services":["search"]}"#), ("bad conditions", #"{"steps":7}"#, #"{"services":7}"#),
            ] {
                try await rig.administrator.api.execute(
                    """
                    INSERT INTO incident.policy (id, name, position, conditions, body, created_at)
                    VALUES (gen_random_uuid(), \(name), 1, \(JSONText(conditions)), \(JSONText(body)), \(Date.example))
                    """)
            }
            let id = try await rig.open(1)[0]
            let other = AlertEventMessage.example(.make(at: .example), service: "ledger")
            _ = try await rig.intake.take([other], at: .example)
            try await rig.settle([rig.engine()], at: .example)
            #expect(try await rig.pages().count == 2)
            #expect(try await rig.timeline(id).prefix(2) == [.trigger, .policyUnreadable])
            #expect(try await !rig.timeline(other.incidentID).contains(.policyUnreadable))
            #expect(try await PolicyStore(rig.database.api).unreadable() == 3)
        }
    }

    @Test func policyCopyThatCannotBeReadIsReplacedByTheDefaultAndItsNeighboursFire() async throws {
        try await IncidentRig.run { rig in
            let ids = try await rig.open(3)
            try await rig.administrator.api.execute("UPDATE incident.incident SET policy = '{\"a\":1}' WHERE id = \(ids[1])")
            try await rig.settle([rig.engine()], at: .example)
            #expect(try await rig.pages().count == 3)
        }
    }

    @Test func levelIsHeldUntilSomebodyIsOnCallAndThenPagedOnce() async throws {
        let isThere = Mutex(false)
        let previews = Mutex<[Bool]>([])
        try await IncidentRig.run { question in
            previews.withLock { $0.append(question.isPreview ?? false) }
            return question.answered(isThere.withLock { $0 } ? [.carol] : [])
        } _: { rig in
            try await rig.policy(Self.policy(Self.page(Self.primary), #","empty_level":"hold""#))
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            try await rig.settle([rig.engine()], at: .example + 60)
            #expect(try await rig.pages().isEmpty)
            #expect(try await rig.timeline(id) == [.trigger, .escalationHeld])
            isThere.withLock { $0 = true }
            try await rig.settle([rig.engine()], at: .example + 120)
            #expect(try await rig.pages().map(\.recipient) == [.carol])
            #expect(try await rig.count("SELECT count(*) FROM incident.firing") == 1)
            #expect(try await rig.incidents.find(.id(id)).escalation.heldSince == nil)
            // An answer that OnCall records counts for good, so it is asked to do so only once somebody is there.
            #expect(previews.withLock { $0 } == [true, true, true, false])
        }
    }

    @Test func lowUrgencyPagesWhoeverIsAwakeAndLetsTheOthersSleep() async throws {
        let alice = UserID.make(at: .example)
        let sleeper = Recipient(userID: alice, name: "Alice", email: "alice@example.org", role: "primary", reason: "rotation")
        try await IncidentRig.run {
            $0.answered([sleeper, .carol])
        } _: { rig in
            var rig = rig
            // Noon in UTC is one in the morning in Auckland.
            rig.directory.zones = [alice: "Pacific/Auckland"]
            try await rig.policy(Self.policy(Self.page(Self.primary), #","low_urgency_hours":{"from":"08:00","to":"22:00"}"#))
            _ = try await rig.intake.take([.example(severity: .low)], at: .example)
            try await rig.settle([rig.engine()], at: .example)
            #expect(try await rig.pages().map(\.recipient) == [.carol])
        }
    }

    @Test func peopleOfARoundRobinStepAreTakenInTurnByAllEnginesTogether() async throws {
        try await IncidentRig.run { rig in
            try await rig.policy(Self.policy(Self.page(#"{"type":"team"}"#, delay: 0, #","round_robin":true"#)))
            try await rig.open(40)
            try await rig.settle((1...4).map { rig.engine("engine-\($0)") }, at: .example)
            let names = try await rig.pages().map(\.recipient.name)
            #expect(names.count == 40)
            #expect(names.count { $0 == "Carol" } == 20)
            #expect(names.count { $0 == "Dave" } == 20)
        }
    }

    @Test func rateGateCountsTheAlertsOfItsMinutesOnly() async throws {
        try await IncidentRig.run { rig in
            let gated = #"{"actions":[{"type":"notify","targets":[\#(Self.primary)]}],"gate":{"type":"rate","alerts":3,"minutes":10}}"#
            try await rig.policy(Self.policy(gated))
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            #expect(try await rig.pages().isEmpty)
            _ = try await rig.intake.take([.example(id, kind: .update, seq: 2), .example(id, kind: .update, seq: 3)], at: .example + 30)
            // Eleven minutes later those three are history.
            try await rig.settle([rig.engine()], at: .example + 691)
            #expect(try await rig.pages().isEmpty)
            _ = try await rig.intake.take((4...6).map { .example(id, kind: .update, seq: $0) }, at: .example + 700)
            try await rig.settle([rig.engine()], at: .example + 760)
            #expect(try await rig.pages().count == 1)
        }
    }

    @Test func rateGateCountsAlertsThatJoinAndNoRepeats() async throws {
        try await IncidentRig.run { rig in
            let id = IncidentID.make(at: .example)
            _ = try await rig.intake.take([.example(id, joined: 2, count: 50)], at: .example)
            func gained(_ minutes: Double, at second: Double) async throws -> Int {
                let incident = try await rig.incidents.find(.id(id))
                return try await rig.escalations.alertsGained(incident, since: Date.example + (second - minutes * 60))
            }
            #expect(try await gained(1, at: 30) == 2)
            // Repeats of five minutes, told at once, and then an alert that joins.
            _ = try await rig.intake.take([.example(id, kind: .update, seq: 2, joined: 0, count: 350)], at: .example + 300)
            #expect(try await gained(1, at: 310) == 0)
            _ = try await rig.intake.take([.example(id, kind: .update, seq: 3, joined: 3, count: 400)], at: .example + 311)
            #expect(try await gained(1, at: 320) == 3)
            #expect(try await gained(10, at: 320) == 5)
        }
    }

    @Test func stepChangesTheIncidentInTheTransactionThatFiresIt() async throws {
        try await IncidentRig.run { rig in
            let step =
                #"{"actions":[{"type":"notify","targets":[\#(Self.primary)]},{"type":"set_severity","severity":"critical"},{"type":"assign","targets":[{"type":"admins"}]},{"type":"webhook","url":"https://hooks.example.org/x"}]}"#
            let end = #"{"delay_minutes":5,"actions":[{"type":"set_status","status":"investigating"}]}"#
            try await rig.policy(Self.policy(step + "," + end))
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            var incident = try await rig.incidents.find(.id(id))
            #expect(incident.severity == .critical)
            #expect(incident.assignees == ["root@example.org"])
            let pages = try await rig.pages()
            #expect(pages.map(\.kind) == [.page, .notice])
            #expect(pages.first?.message.severity == .critical)
            #expect(pages.last?.channels == [.webhook])
            try await rig.settle([rig.engine()], at: .example + 300)
            incident = try await rig.incidents.find(.id(id))
            #expect(incident.status == .investigating)
            #expect(incident.acknowledgement == nil)
            #expect(incident.escalation.nextStepAt == nil)
        }
    }

    @Test func exhaustedPathPagesTheFallbackAndBeginsAnew() async throws {
        try await IncidentRig.run { rig in
            try await rig.policy(
                Self.policy(
                    Self.page(Self.primary),
                    #","repeat":{"times":0,"after_minutes":10},"exhausted":{"page_fallback":true,"restart_after_minutes":30}"#))
            let id = try await rig.open(1)[0]
            for minute in 0...40 { try await rig.settle([rig.engine()], at: .example + TimeInterval(minute * 60)) }
            #expect(try await rig.pages().map(\.recipient) == [.carol, .root, .carol])
            let expected: [TimelineKind] = [
                .trigger, .escalate, .notify, .escalationExhausted, .fallback, .notify, .escalationRestarted, .escalate, .notify,
            ]
            #expect(try await rig.timeline(id) == expected)
        }
    }

    @Test func outageCostsOneStepNotAllThatWereMissed() async throws {
        try await IncidentRig.run { rig in
            let levels = [0, 10, 10].map { Self.page(Self.primary, delay: $0) }.joined(separator: ",")
            try await rig.policy(Self.policy(levels))
            try await rig.open(1)
            try await rig.settle([rig.engine()], at: .example)
            // Forty minutes of nobody.
            let back = Date.example + 2_400
            try await rig.settle([rig.engine()], at: back)
            #expect(try await rig.pages().count == 2)
            try await rig.settle([rig.engine()], at: back + 599)
            #expect(try await rig.pages().count == 2)
            try await rig.settle([rig.engine()], at: back + 600)
            #expect(try await rig.pages().count == 3)
        }
    }

    @Test func pageOfAnAssignedIncidentGoesToTheAssigneeAndThenToThePolicy() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            try await rig.settle([rig.engine()], at: .example)
            _ = try await rig.apply(.reassign(to: ["bob@example.org"]), to: id, at: .example + 60)
            try await rig.settle([rig.engine()], at: .example + 60)
            try await rig.settle([rig.engine()], at: .example + 359)
            #expect(try await rig.pages().map(\.recipient.email) == ["carol@example.org", "bob@example.org"])
            try await rig.settle([rig.engine()], at: .example + 360)
            #expect(try await rig.pages().map(\.recipient.email).last == "carol@example.org")
        }
    }

    @Test func assigneeNobodyKnowsBringsTheFallbackNotSilence() async throws {
        try await IncidentRig.run { rig in
            let id = try await rig.open(1)[0]
            _ = try await rig.apply(.reassign(to: ["Bob"]), to: id, at: .example)
            try await rig.settle([rig.engine()], at: .example)
            #expect(try await rig.pages().map(\.recipient) == [.root])
            #expect(try await rig.timeline(id).contains(.memberUnreachable))
        }
    }
}
