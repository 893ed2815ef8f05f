package import Contracts
import Foundation
package import ServiceClients
package import ServiceKit
package import WorkQueue

/// Notification as those who page see it.
package protocol PageTaker: Sendable {
    func take(_ pages: PageBatch) async throws(ClientError)
}

extension NotificationClient: PageTaker {
    package func take(_ pages: PageBatch) async throws(ClientError) { try await self.pages(pages) }
}

/// Hands pages to Notification.
package struct PageDestination: OutboxDestination {
    package let name = OutboxAddress.pages
    package let batchLimit = PageBatch.limit
    private let notifications: any PageTaker
    let outcomes: PageOutcomeStore
    let clock: any Clock

    /// - Parameter outcomes: hears of pages that are given up.
    package init(_ notifications: any PageTaker, outcomes: PageOutcomeStore, clock: any Clock) {
        self.notifications = notifications
        self.outcomes = outcomes
        self.clock = clock
    }

    package func deliver(_ items: [OutboxItem]) async -> [OutboxAnswer] {
        await items.answered(as: PageMessage.self) { messages throws(ClientError) in
            try await notifications.take(PageBatch(items: messages))
        }
    }
}

/// Tells Notification which pages are dead.
struct EpochDestination: OutboxDestination {
    let client: NotificationClient
    let name = OutboxAddress.epochs
    let batchLimit = PageBatch.limit

    func deliver(_ items: [OutboxItem]) async -> [OutboxAnswer] {
        await items.answered(as: EpochRaised.self) { messages throws(ClientError) in try await client.epochs(messages) }
    }
}

/// Tells Notification that a person lifted the hold on paging.
struct PagingReleaseDestination: OutboxDestination {
    let client: NotificationClient
    let name = OutboxAddress.pagingReleases
    let batchLimit = 1

    func deliver(_ items: [OutboxItem]) async -> [OutboxAnswer] {
        await items.answered(as: PagingReleased.self) { messages throws(ClientError) in
            for message in messages { try await client.released(message) }
        }
    }
}

/// Tells AlertIngestion which incidents people ended, and which they reopened.
struct GroupDestination: OutboxDestination {
    let client: AlertClient
    let name = OutboxAddress.groups
    let batchLimit = 1

    private enum News: Decodable {
        case closed(IncidentClosed)
        case reopened(IncidentReopened)

        /// The bodies have no member that names them: rows of before there were reopenings are ends.
        init(from decoder: any Decoder) throws {
            if let message = try? IncidentReopened(from: decoder) {
                self = .reopened(message)
            } else {
                self = .closed(try IncidentClosed(from: decoder))
            }
        }
    }

    func deliver(_ items: [OutboxItem]) async -> [OutboxAnswer] {
        await items.answered(as: News.self) { all throws(ClientError) in
            for news in all {
                switch news {
                case .closed(let message): try await client.closed(message)
                case .reopened(let message): try await client.reopened(message)
                }
            }
        }
    }
}

extension [OutboxItem] {
    /// Sends all items in one call, and one by one when the receiver refuses the batch, so that a bad one is buried alone.
    fileprivate func answered<Message: Decodable>(
        as type: Message.Type, send: ([Message]) async throws(ClientError) -> Void
    ) async -> [OutboxAnswer] {
        var answers: [OutboxAnswer] = []
        let messages = compactMap { try? WireJSON.decode(Message.self, fromText: $0.body) }
        guard messages.count == count else {
            for item in self {
                let message = try? WireJSON.decode(Message.self, fromText: item.body)
                answers.append(await message.answered(by: send))
            }
            return answers
        }
        do {
            try await send(messages)
            return map { _ in .done }
        } catch {
            guard error.isAboutContent else { return map { _ in .retry(reason: error.reason.label, after: error.retryAfter) } }
            for message in messages { answers.append(await Optional(message).answered(by: send)) }
            return answers
        }
    }
}

extension Optional {
    fileprivate func answered(by send: ([Wrapped]) async throws(ClientError) -> Void) async -> OutboxAnswer {
        guard let self else { return .refused(reason: "unreadable") }
        do {
            try await send([self])
            return .done
        } catch {
            return error.isAboutContent
                ? .refused(reason: error.code ?? error.reason.label) : .retry(reason: error.reason.label, after: error.retryAfter)
        }
    }
}
