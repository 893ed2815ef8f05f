import Contracts
import Foundation
import OnCall
import Testing

@Suite struct LocalDateTests {
    @Test func everyDayOfFourCenturiesKeepsItsText() {
        var weekday = Weekday.thursday.index
        for day in 0..<146_097 {
            let date = LocalDate(daysSince1970: day)
            guard LocalDate(date.description) == date, date.weekday.index == weekday else {
                Issue.record("\(date)")
                return
            }
            weekday = (weekday + 1) % 7
        }
    }

    @Test(arguments: [
        ("1970-01-01", 0), ("2000-02-29", 11_016), ("2026-03-02", 20_514), ("9999-12-31", 2_932_896),
    ])
    func datesAreReadFromText(_ text: String, _ days: Int) {
        #expect(LocalDate(text)?.daysSince1970 == days)
    }

    @Test(arguments: [
        "", "2026-3-2", "2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-04-00", "1969-12-31", "20260302", "2026-03-02T",
        "+026-03-02",
    ])
    func otherTextIsNoDate(_ text: String) {
        #expect(LocalDate(text) == nil)
    }

    @Test func theLastMondayIsTodayOnAMonday() throws {
        let monday = try #require(LocalDate("2026-03-02"))
        #expect(monday.last(.monday) == monday)
        #expect(monday.adding(days: 6).last(.monday) == monday)
        #expect(monday.last(.tuesday) == monday.adding(days: -6))
    }

    @Test(arguments: [("00:00", 0), ("09:00", 540), ("23:59", 1439)])
    func timesAreReadFromText(_ text: String, _ minute: Int) {
        #expect(LocalTime(text)?.minuteOfDay == minute)
        #expect(LocalTime(text)?.description == text)
    }

    @Test(arguments: ["", "9:00", "24:00", "12:60", "12.30", "-1:00", "12:3a", "012:30"])
    func otherTextIsNoTime(_ text: String) {
        #expect(LocalTime(text) == nil)
    }
}
