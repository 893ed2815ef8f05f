package import Contracts
import Foundation
import Logging

/// Knows which accounts are behind names and addresses: IncidentManagement's client.
package protocol AccountSource: Sendable {
    func users(_ question: RecipientQuestion) async throws -> RecipientAnswer
}

/// Remembers for a minute which accounts are behind the handles of members; without an answer a page goes out without account.
actor AccountDirectory {
    /// How long an answer, also "nobody", is used.
    static let lifetime: TimeInterval = 60
    /// How old an answer may be where a disabled account must bite at once, and how old while nobody answers: as for credentials.
    static let freshness: TimeInterval = 2
    static let grace: TimeInterval = 60
    /// More members than all teams together have; when full, everything is asked anew.
    static let capacity = 10_000

    private struct Entry {
        let user: KnownUser?
        let readAt: Date
    }

    private let source: any AccountSource
    private let logger: Logger
    private var entries: [String: Entry] = [:]

    init(_ source: any AccountSource, logger: Logger) {
        self.source = source
        self.logger = logger
    }

    /// The accounts behind these handles, those that are known; one that no account can have is not asked about, since the whole question would be
    /// refused for it.
    func users(_ handles: [String], now: Date) async -> [String: KnownUser] {
        let missing = Set(handles).filter { RecipientQuestion.admits($0) && fresh($0, now) == nil }.sorted()
        for start in stride(from: 0, to: missing.count, by: RecipientQuestion.limit) {
            guard await read(Array(missing[start..<min(start + RecipientQuestion.limit, missing.count)]), now) else { break }
        }
        return Dictionary(
            handles.compactMap { handle in entries[handle]?.user.map { (handle, $0) } }, uniquingKeysWith: { first, _ in first }
        )
    }

    /// The same, or nil when somebody's account could not be looked up and was never known.
    func knownUsers(_ handles: [String], now: Date) async -> [String: KnownUser]? {
        let users = await users(handles, now: now)
        return handles.allSatisfy { entries[$0] != nil || !RecipientQuestion.admits($0) } ? users : nil
    }

    /// Whether that account is active by now; nil when nobody can say.
    func isActive(_ handle: String, now: Date) async -> Bool? {
        guard RecipientQuestion.admits(handle) else { return false }
        if age(of: handle, now) >= Self.freshness { _ = await read([handle], now) }
        guard age(of: handle, now) < Self.grace else { return nil }
        return entries[handle]?.user?.isActive ?? false
    }

    private func age(of handle: String, _ now: Date) -> TimeInterval {
        entries[handle].map { abs(now.timeIntervalSince($0.readAt)) } ?? .infinity
    }

    private func fresh(_ handle: String, _ now: Date) -> Entry? {
        entries[handle].flatMap { abs(now.timeIntervalSince($0.readAt)) < Self.lifetime ? $0 : nil }
    }

    /// What was known before stays in use while IncidentManagement cannot be reached: an id known a minute ago is better than none.
    ///
    /// - Returns: Whether there was an answer.
    private func read(_ handles: [String], _ now: Date) async -> Bool {
        do {
            let answer = try await source.users(RecipientQuestion(handles: handles))
            if entries.count + handles.count > Self.capacity { entries.removeAll() }
            for handle in handles { entries[handle] = Entry(user: answer.users[handle], readAt: now) }
            return true
        } catch {
            logger.warning("accounts cannot be looked up", metadata: ["error.message": "\(error)", "account.count": "\(handles.count)"])
            return false
        }
    }
}
