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

    /// - Throws: ``UnreadableSchedule`` when none of its teams' schedules can be read here, for the same reason.
    func document(_ feed: ShiftCalendar, now: Date) async throws -> FeedDocument {
        let window = FeedWindow(at: now)
        let stretches: [(stretch: Stretch, changedAt: Date)]
        var missing: [String] = []
        switch feed.subject {
        case .team(let team): stretches = try await shifts(of: team, feed, window)
        case .person(let person):
            let found = try await shifts(of: person, feed, window, now: now)
            stretches = found.shifts
            missing = found.missing
        }
        let isNamed = if case .team = feed.subject { true } else { false }
        let ordered = stretches.sorted {
            ($0.stretch.starts, $0.stretch.team, $0.stretch.role.rawValue, $0.stretch.member.handle)
                < ($1.stretch.starts, $1.stretch.team, $1.stretch.role.rawValue, $1.stretch.member.handle)
        }
        let events = ordered.prefix(ShiftCalendar.mostEvents).map { FeedEvent($0.stretch, isNamed: isNamed, changedAt: $0.changedAt) }
        // Who looks there for their shifts must see that some are not there.
        let notes = missing.map { FeedEvent(missing: $0, on: window.today) }
        return FeedDocument(title: feed.title, events: notes + events, reminders: feed.reminders)
    }

    /// Somebody's shifts, and the teams that may have more.
    private struct Found {
        var shifts: [(Stretch, Date)] = []
        var missing: [String] = []
    }

    private func shifts(of team: String, _ feed: ShiftCalendar, _ window: FeedWindow) async throws -> [(Stretch, Date)] {
        guard let boards = try await schedules.boards(team, during: window.range), !boards.isEmpty else { return [] }
        let changedAt = try await index.changedAt(team) ?? feed.createdAt
        return feed.roles.flatMap { Stretch.all(boards, $0, in: window.range) }.filter { window.shows($0) }.map { ($0, changedAt) }
    }

    private func shifts(
        of person: Responder, _ feed: ShiftCalendar, _ window: FeedWindow, now: Date
    ) async throws -> Found {
        let names = try await index.namesWithoutAddress()
        guard let book = await directory.book(of: names, now: now) else { throw ResponderDirectory.Unavailable() }
        let teams = try await index.teams(of: person, names: book.names(of: person), after: window.range.lowerBound)
        var found = Found()
        for team in teams {
            do {
                found.shifts += try await shifts(of: team, feed, window).filter { book.isOf(person, $0.0.member) }
            } catch is UnreadableSchedule {
                found.missing.append(team)
            }
        }
        guard found.missing.isEmpty || found.missing.count < teams.count else { throw UnreadableSchedule() }
        return found
    }
}
