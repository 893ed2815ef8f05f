import Contracts
import Foundation
import IncidentManagement
import Postgres
import Synchronization
import Testing

/// Many incidents, engines that die, people who act at the same time.
@Suite(.serialized) struct EscalationUnderFireTests {
    /// ESC-1: two of five engines stop in the middle of their work, as a killed or frozen process does, and wake when all is over.
    @Test func thousandIncidentsDueInOneSecondFireOnceEachAlthoughTwoOfFiveEnginesDie() async throws {
        try await IncidentRig.run { rig in
            try await rig.open(1_000)
            let grave = Grave()
            let victims = (1...2).map { number in
                let asked = Counted()
                return rig.engine("victim-\(number)") { question in
                    if asked.next() > 20 { await grave.lie() }
                    return question.answered([.carol])
                }
            }
            let survivors = (1...3).map { rig.engine("survivor-\($0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for victim in victims { group.addTask { _ = try await victim.tick(now: .example) } }
                // Both lie still with their leases before anybody else comes.
                while grave.count < 16 { await Task.yield() }
                try await rig.settle(survivors, at: .example)
                let fired = try await rig.count("SELECT count(*) FROM incident.firing")
                #expect(fired == 1_000 - 2 * EscalationStore.batchLimit)
                // Their leases run out; whatever they held is fired by the others.
                try await rig.settle(survivors, at: .example + 31)
                grave.open()
                try await group.waitForAll()
            }
            try await rig.settle(survivors, at: .example + 31)
            #expect(try await rig.count("SELECT count(*) FROM incident.firing") == 1_000)
            #expect(try await rig.count("SELECT count(DISTINCT incident_id) FROM incident.firing") == 1_000)
            #expect(try await rig.count("SELECT count(*) FROM incident.page") == 1_000)
            let pages = try await rig.pages()
            #expect(pages.count == 1_000 && Set(pages.compactMap(\.incidentID)).count == 1_000)
            #expect(try await rig.count("SELECT count(*) FROM incident.firing WHERE fired_at < due_at") == 0)
        }
    }

    /// ESC-3: the permit is the start of the attempt; whoever asks for one after the acknowledge was committed is refused.
    @Test func noneOfTenThousandAcknowledgesIsFollowedByAnAttempt() async throws {
        try await IncidentRig.run { rig in
            let races = 10_000
            let ids = try await rig.open(races)
            let granted = Counted()
            let late = Counted()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (place, id) in ids.enumerated() {
                    if place >= 16 { try await group.next() }
                    group.addTask {
                        let isAcknowledged = Atomic(false)
                        async let grantsBefore: Int = {
                            // In half of the races the acknowledge starts behind.
                            if place.isMultiple(of: 2) { await Task.yield() }
                            _ = try await rig.apply(.acknowledge, to: id, at: .example)
                            isAcknowledged.store(true, ordering: .sequentiallyConsistent)
                            return try await Self.grants(rig, id)
                        }()
                        for _ in 0..<2 {
                            let wasAcknowledged = isAcknowledged.load(ordering: .sequentiallyConsistent)
                            let question = PermitQuestion(
                                pageID: .make(at: .example), attemptID: .make(at: .example), incidentID: id, epoch: 1)
                            guard try await rig.permits.ask(question, at: .example).verdict == .granted else { continue }
                            _ = granted.next()
                            if wasAcknowledged { _ = late.next() }
                        }
                        let seen = try await grantsBefore
                        let after = PermitQuestion(
                            pageID: .make(at: .example), attemptID: .make(at: .example), incidentID: id, epoch: 1)
                        if try await rig.permits.ask(after, at: .example).verdict == .granted { _ = late.next() }
                        // What the acknowledge could not see when it was answered, it could not wait for.
                        if try await Self.grants(rig, id) != seen { _ = late.next() }
                    }
                }
                try await group.waitForAll()
            }
            let (before, after) = (granted.next() - 1, late.next() - 1)
            #expect(after == 0, "\(after) attempts began after their acknowledge")
            // Races that nobody won would prove nothing.
            #expect(before > races / 10 && before < 2 * races, "\(before) attempts began before")
        }
    }

    /// ESC-6: whatever is edited under running escalations, the next page is never further away than the policy's own longest wait.
    @Test func twoHundredEscalationsWithEditsInTheirMiddleAreNeverSilent() async throws {
        let dice = Dice(seed: 20_261_121)
        let people: [Recipient] = [
            .carol, .dave, Recipient(userID: nil, name: "Left", email: "", role: "primary", reason: "account_disabled"),
        ]
        try await IncidentRig.run { question in
            switch dice.roll(5) {
            case 0: throw Unreachable()
            case 1: return question.answered([])
            default: return question.answered([people[dice.roll(people.count)]])
            }
        } _: { rig in
            let steps = [0, 5, 10].map { delay in
                #"{"delay_minutes":\#(delay),"actions":[{"type":"notify","targets":[{"type":"on_call","role":"primary"}]}]}"#
            }.joined(separator: ",")
            let body =
                #"{"name":"NAME","repeat":{"times":2,"after_minutes":10},"exhausted":{"restart_after_minutes":10},"steps":[\#(steps)]}"#
            try await rig.policy(body.replacing("NAME", with: "first"))
            let ids = try await rig.open(200)
            let engines = [rig.engine("one"), rig.engine("two")]
            for minute in 0...75 {
                let now = Date.example + TimeInterval(minute * 60)
                try await rig.settle(engines, at: now)
                try await Self.edit(rig, dice, body, minute: minute)
            }
            let rows = try await rig.administrator.api.query("SELECT incident_id, created_at FROM incident.page ORDER BY created_at")
            var pages: [IncidentID: [Date]] = [:]
            for row in rows { pages[try row("incident_id"), default: []].append(try row("created_at")) }
            #expect(pages.count == 200)
            for id in ids {
                let times = [.example] + (pages[id] ?? []) + [.example + 75 * 60]
                let longest = zip(times.dropFirst(), times).map { $0.timeIntervalSince($1) }.max() ?? 0
                // An empty last level after its delay, the wait for the next round, and the rest of an exhausted path.
                #expect(longest <= 30 * 60, "\(id) was silent for \(longest / 60) minutes")
            }
        }
    }

    private static func grants(_ rig: IncidentRig, _ id: IncidentID) async throws -> Int {
        try await rig.database.api.value(Int.self, "SELECT count(*) FROM incident.permit WHERE incident_id = \(id)")
    }

    struct Unreachable: Error {}

    private static func edit(_ rig: IncidentRig, _ dice: Dice, _ body: String, minute: Int) async throws {
        let database = rig.administrator.api
        switch dice.roll(6) {
        case 0: try await database.execute("DELETE FROM incident.policy")
        case 1: try await database.execute("UPDATE incident.policy SET body = '{\"broken\": true}'")
        case 2: try await database.execute("UPDATE incident.policy SET is_active = false WHERE NOT is_default")
        case 3: try await rig.policy(body.replacing("NAME", with: "edit \(minute)"))
        case 4: try await database.execute("UPDATE incident.policy SET position = position + 7, conditions = '{\"services\":[\"x\"]}'")
        default: break
        }
    }
}

/// Where engines lie until it is opened.
private final class Grave: Sendable {
    private struct State {
        var dead: [CheckedContinuation<Void, Never>] = []
        var isOpen = false
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.dead.count } }

    func lie() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.dead.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }

    func open() {
        let dead = state.withLock { state in
            state.isOpen = true
            return state.dead
        }
        for continuation in dead { continuation.resume() }
    }
}

/// Random numbers that a seed repeats (xorshift64).
final class Dice: Sendable {
    private let state: Mutex<UInt64>

    init(seed: UInt64) {
        state = Mutex(seed)
    }

    func roll(_ sides: Int) -> Int {
        state.withLock { value in
            value ^= value << 13
            value ^= value >> 7
            value ^= value << 17
            return Int(value % UInt64(sides))
        }
    }
}
