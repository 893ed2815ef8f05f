import Contracts
import Foundation
import ServiceClients
import WorkQueue

/// Hands pages to Notification.
struct PageDestination: OutboxDestination {
    let client: NotificationClient
    let name = OutboxAddress.pages
    let batchLimit = PageBatch.limit

    func deliver(_ items: [OutboxItem]) async -> [OutboxAnswer] {
        await items.answered(as: PageMessage.self) { messages throws(ClientError) in try await client.pages(PageBatch(items: messages)) }
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
        } catch  where error.isRetryable {
            return map { _ in .retry(reason: "\(error.reason)", after: error.retryAfter) }
        } catch {
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
            return error.isRetryable ? .retry(reason: "\(error.reason)", after: error.retryAfter) : .refused(reason: "\(error.reason)")
        }
    }
}
