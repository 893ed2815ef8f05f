import Contracts
import Foundation
import ServiceClients
import WorkQueue

/// Hands notices to Notification, which knows them by their page ids.
struct NoticeDestination: OutboxDestination {
    let client: NotificationClient
    let name = HandoffStore.destination
    let batchLimit = PageBatch.limit

    /// All in one call, and one by one when that is refused, so that a bad one is buried alone.
    func deliver(_ items: [OutboxItem]) async -> [OutboxAnswer] {
        let messages = items.map { try? WireJSON.decode(PageMessage.self, fromText: $0.body) }
        let readable = messages.compactMap(\.self)
        if readable.count == items.count, let answer = await answer(to: readable) { return items.map { _ in answer } }
        var answers: [OutboxAnswer] = []
        for message in messages {
            guard let message else {
                answers.append(.refused(reason: "unreadable"))
                continue
            }
            answers.append(await answer(to: [message]) ?? .refused(reason: "refused"))
        }
        return answers
    }

    /// Nil when Notification will not have them.
    private func answer(to messages: [PageMessage]) async -> OutboxAnswer? {
        do {
            try await client.pages(PageBatch(items: messages))
            return .done
        } catch {
            return error.isRetryable ? .retry(reason: "\(error.reason)", after: error.retryAfter) : nil
        }
    }
}
