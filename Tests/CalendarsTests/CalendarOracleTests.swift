import Calendars
import Contracts
import Foundation
import Testing

/// Random calendars, listed as `Tests/Support/calendar_oracle.py` lists them with other libraries.
///
/// `TOCSIN_CALENDAR_VECTORS` names a file with more of them.
@Suite struct CalendarOracleTests {
    @Test func randomCalendarsAreListedAsByTheOracle() async throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let fixture = tests.appending(path: "Fixtures/calendars/random.jsonl").path
        let path = ProcessInfo.processInfo.environment["TOCSIN_CALENDAR_VECTORS"] ?? fixture
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map { try JSONValue(parsing: Data($0.utf8)) }
        let from = Double(try #require(lines.first?["from"]?.integer))
        let to = Double(try #require(lines.first?["to"]?.integer))
        let window = Date(timeIntervalSince1970: from)..<Date(timeIntervalSince1970: to)
        let inside = from + 40 * 86_400..<to - 40 * 86_400
        let reader = CalendarReader()
        var compared = 0
        for line in lines.dropFirst() {
            let text = try #require(line["ics"]?.string)
            let zone = try #require(TimeZone(identifier: line["zone"]?.string ?? ""))
            let content = try await reader.read(Data(text.utf8), in: window, zone: zone, keepsTitles: true)
            let ours = content.occurrences.map(\.span).filter { inside.contains($0.second) }.map(\.text).sorted()
            let theirs = try (line["expect"]?.array ?? []).map { try CalendarOccurrence.Span(vector: $0) }
                .filter { inside.contains($0.second) }.map(\.text).sorted()
            guard ours == theirs, content.skipped == 0 else {
                let more = Set(ours).subtracting(theirs).sorted()
                let fewer = Set(theirs).subtracting(ours).sorted()
                Issue.record("\(text)\nonly ours: \(more)\nonly the oracle's: \(fewer), skipped \(content.skipped)")
                return
            }
            compared += ours.count
        }
        #expect(compared > 1000)
    }
}

extension CalendarOccurrence.Span {
    fileprivate init(vector: JSONValue) throws {
        let items = try #require(vector.array)
        let numbers = items.compactMap(\.integer)
        try #require(numbers.count == 2)
        let isDays = items.count == 3
        self =
            isDays
            ? .days(numbers[0]..<numbers[1])
            : .time(Date(timeIntervalSince1970: Double(numbers[0]))..<Date(timeIntervalSince1970: Double(numbers[1])))
    }

    fileprivate var second: Double {
        switch self {
        case .time(let range): range.lowerBound.timeIntervalSince1970
        case .days(let days): Double(days.lowerBound) * 86_400
        }
    }

    fileprivate var text: String {
        switch self {
        case .time(let range): "\(Int(range.lowerBound.timeIntervalSince1970))-\(Int(range.upperBound.timeIntervalSince1970))"
        case .days(let days): "days \(days.lowerBound)-\(days.upperBound)"
        }
    }
}
