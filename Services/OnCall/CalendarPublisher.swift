import Auth
import Contracts
import Foundation

/// Makes the file behind a calendar's secret.
struct CalendarPublisher: Sendable {
    let calendars: CalendarStore
    let index: ShiftIndex
    let schedules: ScheduleStore
    let directory: ResponderDirectory

    /// The calendar behind the secret, while its owner has an account.
    ///
    /// - Throws: ``CalendarError/unknown`` whatever the reason, ``ResponderDirectory/Unavailable``: what is missing would be deleted from people's
    ///   calendars, so there is no answer at all.
    func feed(_ secret: String, now: Date) async throws -> ShiftCalendar {
        guard let token = APIToken(secret), token.kind == .calendar, let feed = try await calendars.find(secretDigest: token.digest) else {
            throw CalendarError.unknown
        }
        guard let isActive = await directory.isActive(feed.owner, now: now) else { throw ResponderDirectory.Unavailable() }
        guard isActive else { throw CalendarError.unknown }
        return feed
    }

    func document(_ feed: ShiftCalendar, now: Date) async throws -> FeedDocument {
        let window = FeedWindow(at: now)
        let stretches: [(stretch: Stretch, changedAt: Date)]
        switch feed.subject {
        case .team(let team): stretches = try await shifts(of: team, feed, window)
        case .person(let person): stretches = try await shifts(of: person, feed, window, now: now)
        }
        let isNamed = if case .team = feed.subject { true } else { false }
        let ordered = stretches.sorted {
            ($0.stretch.starts, $0.stretch.team, $0.stretch.role.rawValue, $0.stretch.member.handle)
                < ($1.stretch.starts, $1.stretch.team, $1.stretch.role.rawValue, $1.stretch.member.handle)
        }
        let events = ordered.prefix(ShiftCalendar.mostEvents).map { FeedEvent($0.stretch, isNamed: isNamed, changedAt: $0.changedAt) }
        return FeedDocument(title: feed.title, events: events, reminders: feed.reminders)
    }

    private func shifts(of team: String, _ feed: ShiftCalendar, _ window: FeedWindow) async throws -> [(Stretch, Date)] {
        guard let boards = try await schedules.boards(team, during: window.range), !boards.isEmpty else { return [] }
        let changedAt = try await index.changedAt(team) ?? feed.createdAt
        return feed.roles.flatMap { Stretch.all(boards, $0, in: window.range) }.filter { window.shows($0) }.map { ($0, changedAt) }
    }

    private func shifts(
        of person: Responder, _ feed: ShiftCalendar, _ window: FeedWindow, now: Date
    ) async throws -> [(Stretch, Date)] {
        let names = try await index.namesWithoutAddress()
        guard let book = await directory.book(of: names, now: now) else { throw ResponderDirectory.Unavailable() }
        var shifts: [(Stretch, Date)] = []
        for team in try await index.teams(of: person, names: book.names(of: person), after: window.range.lowerBound) {
            shifts += try await self.shifts(of: team, feed, window).filter { book.isOf(person, $0.0.member) }
        }
        return shifts
    }
}
