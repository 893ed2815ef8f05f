import Contracts
import Foundation
import OnCall
import Testing

/// Answers against those of `Tests/Support/oncall_oracle.py`, an implementation of its own in Python.
///
/// `TOCSIN_ORACLE_VECTORS` names files with more of them, parted by colons; `ci/oncall-oracle.sh` makes a million.
@Suite struct OracleTests {
    private static func lines(_ path: String) throws -> [JSONValue] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONValue(parsing: Data($0.utf8)) }
    }

    private static func fixture(_ name: String) throws -> [JSONValue] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return try lines(tests.appending(path: "Fixtures/oncall/\(name)").path)
    }

    /// The vectors speak of offsets, which differ from release to release: with other data than ours they prove nothing.
    @Test(arguments: ["random.jsonl", "transitions.jsonl"])
    func theOracleHadTheSameTimeZoneData(_ name: String) throws {
        #expect(try Self.fixture(name).first?["tzdata"]?.string == Zone.dataVersion, "make the vectors anew: ci/oncall-oracle.sh --write")
    }

    @Test func randomSchedulesAreAnsweredAsByTheOracle() throws {
        #expect(try Self.compare(try Self.fixture("random.jsonl")) >= 4000)
    }

    /// One case a file, so that they are compared beside each other.
    @Test(.enabled(if: !vectors.isEmpty), arguments: vectors)
    func aMillionInstantsAreAnsweredAsByTheOracle(_ path: String) throws {
        let lines = try Self.lines(path)
        #expect(lines.first?["tzdata"]?.string == Zone.dataVersion)
        let count = try Self.compare(lines)
        print("oracle: \(count) instants of \(lines.count - 1) schedules compared")
        #expect(count > 0)
    }

    private static let vectors = (ProcessInfo.processInfo.environment["TOCSIN_ORACLE_VECTORS"] ?? "").split(separator: ":").map(String.init)

    /// ESC-5: every change of offset from 2020 to 2037, every second of the day around it, by the pieces with one answer.
    @Test func everyTransitionIsCrossedAsByTheOracle() throws {
        var windows = 0
        for line in try Self.fixture("transitions.jsonl").dropFirst() {
            let board = try Board(vector: line)
            for window in line["runs"]?.array ?? [] {
                let expected = (window.array ?? []).map { ($0.array?[0].integer ?? 0, $0.array?[1].string ?? "") }
                let low = try #require(expected.first?.0)
                let high = try #require(expected.last?.0)
                let runs = board.runs(.primary, low, high)
                windows += 1
                guard runs.elementsEqual(expected.dropLast(), by: ==) else {
                    Issue.record("\(line["layers"]?.text ?? "") from \(low): \(runs), the oracle says \(expected)")
                    return
                }
            }
        }
        #expect(windows > 500)
    }

    /// - Returns: How many instants were compared; the first that differs ends the comparison.
    private static func compare(_ lines: [JSONValue]) throws -> Int {
        var count = 0
        for line in lines.dropFirst() {
            let board = try Board(vector: line)
            let instants = (line["at"]?.array ?? []).compactMap(\.integer)
            let expected = (line["expect"]?.array ?? []).compactMap(\.string)
            try #require(instants.count == expected.count)
            for (at, answer) in zip(instants, expected) {
                let instant = Date(timeIntervalSince1970: Double(at))
                let ours = OnCallRole.allCases.map { board.duty($0, at: instant).duty.oracleText }.joined(separator: "|")
                guard ours == answer else {
                    Issue.record("at \(at) of \(line.text): \(ours), the oracle says \(answer)")
                    return count
                }
                count += 1
            }
        }
        return count
    }
}

extension Board {
    fileprivate init(vector: JSONValue) throws {
        let drafts = try LayerDraft.read(.object([.init("layers", vector["layers"] ?? .null)]))
        let layers = drafts.compactMap { $0.layer(now: Date(timeIntervalSince1970: 0)) }
        try #require(layers.count == drafts.count)
        let id = ScheduleID.make(at: Date(timeIntervalSince1970: 0))
        self.init(
            schedule: Schedule(id: id, team: "t", version: 1, layers: layers),
            overrides: try (vector["overrides"]?.array ?? []).enumerated().map { try Override(vector: $1, number: $0) },
            temporaries: try (vector["temporaries"]?.array ?? []).map { try TemporarySchedule(vector: $0) }
        )
    }

    /// The pieces of `[low, high)` with one answer, as the oracle writes them.
    fileprivate func runs(_ role: OnCallRole, _ low: Int, _ high: Int) -> [(Int, String)] {
        let range = Date(timeIntervalSince1970: Double(low))..<Date(timeIntervalSince1970: Double(high))
        return timeline(role, in: range).reduce(into: []) { runs, span in
            let text = span.duty.oracleText
            if runs.last?.1 != text { runs.append((Int(span.start.timeIntervalSince1970), text)) }
        }
    }
}

extension Override {
    fileprivate init(vector: JSONValue, number: Int) throws {
        let name = try #require(vector["name"]?.string)
        // Ids rise with the number, as they do with time.
        let id = try #require(OverrideID("00000000-0000-7000-8000-" + String(format: "%012d", number)))
        self.init(
            id: id, kind: vector["kind"]?.string.flatMap { Kind(rawValue: $0) }, role: try #require(vector.role), name: name, email: name,
            replaces: vector["replaces"]?.string, reason: nil, starts: try #require(vector.starts), ends: try #require(vector.ends))
    }
}

extension TemporarySchedule {
    fileprivate init(vector: JSONValue) throws {
        let shifts = try (vector["shifts"]?.array ?? []).map { shift in
            Shift(
                member: Member(name: try #require(shift["name"]?.string), email: nil, role: try #require(shift.role)),
                starts: try #require(shift.starts), ends: try #require(shift.ends))
        }
        let id = TemporaryScheduleID.make(at: Date(timeIntervalSince1970: 0))
        self.init(id: id, reason: nil, starts: try #require(vector.starts), ends: try #require(vector.ends), shifts: shifts)
    }
}

extension JSONValue {
    fileprivate var role: OnCallRole? { self["role"]?.string.flatMap { OnCallRole(rawValue: $0) } }
    fileprivate var starts: Date? { self["starts"]?.integer.map { Date(timeIntervalSince1970: Double($0)) } }
    fileprivate var ends: Date? { self["ends"]?.integer.map { Date(timeIntervalSince1970: Double($0)) } }
}

extension Duty {
    /// `rA,oB~` or `-gap`: each person with the first letter of the reason and a tilde for shadows.
    fileprivate var oracleText: String {
        let names = people.map { person in
            String(person.reason.word.prefix(1)) + person.member.name + (person.member.isShadow ? "~" : "")
        }.joined(separator: ",")
        guard let absence else { return names }
        return "-\(absence.rawValue)" + (names.isEmpty ? "" : ":" + names)
    }
}
