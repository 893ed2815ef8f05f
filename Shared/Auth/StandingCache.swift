import Contracts
import Foundation

/// Remembers for a moment what IncidentManagement said about a credential, and for longer in case it cannot be asked.
actor StandingCache {
    /// Credentials remembered, good ones and bad ones apart, so that made-up tokens cannot push real ones out.
    static let limit = 10_000
    /// After a failed question nobody asks again for so long: the answer would be as late as the last one.
    static let pauseAfterFailure: Duration = .seconds(1)

    /// What was said, and when it was asked for.
    struct Entry: Sendable {
        let standing: Standing
        let askedAt: Date
    }

    private struct Subject: Hashable {
        let kind: StandingQuestion.Kind
        let subject: String

        init(_ question: StandingQuestion) {
            kind = question.kind
            subject = question.subject
        }
    }

    private let source: any StandingSource
    private let lifetime: Duration
    private let grace: Duration
    private let clock: @Sendable () -> Date
    private var good = BoundedCache<Subject, Entry>(limit: StandingCache.limit)
    private var bad = BoundedCache<Subject, Entry>(limit: StandingCache.limit)
    private var asked: [Subject: [CheckedContinuation<Entry?, Never>]] = [:]
    private var failedAt: Date?

    init(source: any StandingSource, lifetime: Duration, grace: Duration, clock: @escaping @Sendable () -> Date) {
        self.source = source
        self.lifetime = lifetime
        self.grace = grace
        self.clock = clock
    }

    /// The standing now, or at most `grace` ago when the source fails. Throws ``AuthenticationUnavailable`` when there is neither.
    func standing(of question: StandingQuestion) async throws -> Entry {
        let subject = Subject(question)
        if let entry = entry(of: subject, within: lifetime) { return entry }
        if let failedAt, age(of: failedAt) < Self.pauseAfterFailure { return try lastKnown(subject) }
        if let entry = await answer(question, subject) { return entry }
        return try lastKnown(subject)
    }

    /// One question at a time about a subject: whoever comes while it is under way gets the same answer.
    private func answer(_ question: StandingQuestion, _ subject: Subject) async -> Entry? {
        if asked[subject] != nil {
            return await withCheckedContinuation { asked[subject]?.append($0) }
        }
        asked[subject] = []
        let askedAt = clock()
        let entry = (try? await source.standing(of: question)).map { Entry(standing: $0, askedAt: askedAt) }
        if let entry {
            failedAt = nil
            remember(entry, of: subject)
        } else if !Task.isCancelled {
            failedAt = clock()
        }
        for waiting in asked.removeValue(forKey: subject) ?? [] { waiting.resume(returning: entry) }
        return entry
    }

    private func remember(_ entry: Entry, of subject: Subject) {
        if entry.standing.role == nil {
            good[subject] = nil
            bad[subject] = entry
        } else {
            bad[subject] = nil
            good[subject] = entry
        }
    }

    private func lastKnown(_ subject: Subject) throws -> Entry {
        guard let entry = entry(of: subject, within: grace) else { throw AuthenticationUnavailable(retryAfter: Self.pauseAfterFailure) }
        return entry
    }

    private func entry(of subject: Subject, within limit: Duration) -> Entry? {
        guard let entry = good[subject] ?? bad[subject], age(of: entry.askedAt) < limit else { return nil }
        return entry
    }

    private func age(of instant: Date) -> Duration { .seconds(clock().timeIntervalSince(instant)) }
}
