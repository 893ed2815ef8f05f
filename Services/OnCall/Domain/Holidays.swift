package import Foundation

/// Public holidays: which local day is one for whom.
package struct Holidays: Sendable, Hashable {
    /// Whom a holiday is for.
    package enum Scope: Sendable, Hashable {
        case everybody
        case team(String)
        /// By e-mail or name.
        case person(String)
    }

    package struct Day: Sendable, Hashable {
        package let date: LocalDate
        package let title: String?
        package let scope: Scope
        /// The day in the zone of its calendar.
        package let span: Range<Date>

        package init(date: LocalDate, title: String?, scope: Scope, span: Range<Date>) {
            self.date = date
            self.title = title
            self.scope = scope
            self.span = span
        }

        /// Whether it is one person's, so that others of the team may work.
        var isPersonal: Bool {
            if case .person = scope { true } else { false }
        }
    }

    /// In the order of their dates.
    package let days: [Day]
    private let byDate: [LocalDate: [Day]]
    /// Of each scope, in the order of their beginnings.
    private let byScope: [Scope: [Day]]
    /// By address, what the scopes of persons call somebody.
    private let names: [String: Set<String>]
    private let book: AddressBook

    package static let none = Holidays([])
    /// Days of all calendars that one answer reckons with: some ten megabytes. A country has thirty a year.
    package static let most = 100_000
    /// Days that one calendar tells of in its window of sixteen months, each event's counted: what is longer is no calendar of holidays, and a rule
    /// of long overlapping events would be millions.
    package static let mostOfFeed = 5_000

    /// - Parameter book: who is meant by the names of days and members.
    package init(_ days: [Day], _ book: AddressBook = AddressBook()) {
        self.book = book
        self.days = days.sorted { ($0.date, $0.title ?? "") < ($1.date, $1.title ?? "") }
        byDate = Dictionary(grouping: self.days, by: \.date)
        byScope = Dictionary(grouping: self.days, by: \.scope).mapValues { $0.sorted { $0.span.lowerBound < $1.span.lowerBound } }
        names = Self.names(byScope, book)
    }

    private init(_ known: Holidays, _ book: AddressBook) {
        self.book = book
        days = known.days
        byDate = known.byDate
        byScope = known.byScope
        names = Self.names(byScope, book)
    }

    private static func names(_ days: [Scope: [Day]], _ book: AddressBook) -> [String: Set<String>] {
        days.keys.reduce(into: [:]) { names, scope in
            guard case .person(let name) = scope, let address = book.address(called: name) else { return }
            names[address, default: []].insert(name)
        }
    }

    /// Whether `date` is a holiday for a member of that team.
    package func contains(_ date: LocalDate, of member: Member, in team: String) -> Bool {
        byDate[date]?.contains { isHoliday($0, of: member, in: team) } ?? false
    }

    /// The holidays that `date` is for a member of that team, each once.
    package func titles(_ date: LocalDate, of member: Member, in team: String) -> [String] {
        Self.titles((byDate[date] ?? []).filter { isHoliday($0, of: member, in: team) })
    }

    /// All that are somebody's, in the order of their beginnings.
    func days(of member: Member, in team: String) -> [Day] {
        let known: Set<String> = book.address(of: member).flatMap { names[$0] } ?? []
        let scopes: [Scope] = [.everybody, .team(team)] + known.union([member.name]).sorted().map { Scope.person($0) }
        let parts = scopes.compactMap { byScope[$0] }
        // A thousand people of one country share one list.
        guard parts.count > 1 else { return parts.first ?? [] }
        return parts.joined().sorted { $0.span.lowerBound < $1.span.lowerBound }
    }

    /// The people who are named as having holidays of their own.
    package var people: Set<String> {
        Set(byScope.keys.compactMap { if case .person(let name) = $0 { name } else { nil } })
    }

    /// The same where the book says who is meant; cheap beside making them anew.
    package func known(by book: AddressBook) -> Holidays { Holidays(self, book) }

    private func isHoliday(_ day: Day, of member: Member, in team: String) -> Bool {
        switch day.scope {
        case .everybody: true
        case .team(let name): name == team
        case .person(let name): book.means(name, member)
        }
    }

    static func titles(_ days: [Day]) -> [String] {
        var titles: [String] = []
        for title in days.map({ $0.title ?? "holiday" }) where !titles.contains(title) { titles.append(title) }
        return titles
    }
}
