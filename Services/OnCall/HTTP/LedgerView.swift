import Contracts
import Foundation

/// The fairness ledger as JSON; ``csv`` says the same, one line a person.
struct LedgerView: Encodable {
    struct Person: Encodable {
        let name: String
        let email: String?
        let hours: Double
        let plannedHours: Double
        let primaryHours: Double
        let secondaryHours: Double
        let nightHours: Double
        let nights: Int
        let weekendHours: Double
        let weekendDays: Int
        let holidayHours: Double
        let holidays: Int
        let pages: Int
    }

    let team: String
    let from: Date
    let to: Date
    /// Hours before it are history and stay; those after it are planned.
    let settledUntil: Date
    let nightFrom: String
    let nightTo: String
    let people: [Person]

    init(_ team: String, _ ledger: FairnessLedger, night: DutyHours.Night, now: Date) {
        self.team = team
        from = ledger.range.lowerBound
        to = ledger.range.upperBound
        settledUntil = min(max(now, from), to)
        nightFrom = night.from.description
        nightTo = night.to.description
        people = ledger.entries.map(Person.init)
    }

    var csv: String {
        var table = CSVTable(
            header: [
                "team", "from", "to", "name", "email", "hours", "planned_hours", "primary_hours", "secondary_hours", "night_hours",
                "nights",
                "weekend_hours", "weekend_days", "holiday_hours", "holidays", "pages",
            ])
        for person in people {
            let hours = [person.hours, person.plannedHours, person.primaryHours, person.secondaryHours, person.nightHours]
            table.append(
                [team, from.rfc3339, to.rfc3339, person.name, person.email ?? ""] + hours.map(\.description) + [
                    String(person.nights), person.weekendHours.description, String(person.weekendDays), person.holidayHours.description,
                    String(person.holidays), String(person.pages),
                ])
        }
        return table.text
    }
}

extension LedgerView.Person {
    fileprivate init(_ entry: FairnessLedger.Entry) {
        self.init(
            name: entry.name, email: entry.email, hours: entry.hours.seconds.inHours, plannedHours: entry.planned.inHours,
            primaryHours: entry.primary.inHours, secondaryHours: entry.secondary.inHours, nightHours: entry.hours.nights.seconds.inHours,
            nights: entry.hours.nights.days.count, weekendHours: entry.hours.weekends.seconds.inHours,
            weekendDays: entry.hours.weekends.days.count, holidayHours: entry.hours.holidays.seconds.inHours,
            holidays: entry.hours.holidays.days.count, pages: entry.pages)
    }
}
