import Contracts
import Foundation
import ServiceClients
import ServiceKit
import WorkQueue

/// Hands notices to Notification, which knows them by their page ids.
struct NoticeDestination: OutboxDestination {
    let client: NotificationClient
    let accounts: AccountDirectory
    let clock: any Clock
    let name = HandoffStore.destination
    let batchLimit = PageBatch.limit

    /// All in one call, and one by one when that is refused, so that a bad one is buried alone.
    func deliver(_ items: [OutboxItem]) async -> [OutboxAnswer] {
        let messages = await named(items.map { try? WireJSON.decode(PageMessage.self, fromText: $0.body) })
        if !messages.contains(nil), let answer = await answer(to: messages.compactMap(\.self)) { return items.map { _ in answer } }
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

    /// With the accounts behind their addresses, so that people's own rules decide; without an answer a notice goes to the address.
    private func named(_ messages: [PageMessage?]) async -> [PageMessage?] {
        let handles = messages.compactMap { $0?.recipient }.filter { $0.userID == nil }.map(\.handle)
        guard !handles.isEmpty else { return messages }
        let users = await accounts.users(handles, now: clock.now)
        return messages.map { message in message.map { $0.to($0.recipient.known(as: users[$0.recipient.handle])) } }
    }

    /// Nil when Notification will not have them.
    private func answer(to messages: [PageMessage]) async -> OutboxAnswer? {
        // Whoever's account was disabled since is not told, and nobody in their place.
        let messages = messages.filter(\.recipient.isReachable)
        guard !messages.isEmpty else { return .done }
        do {
            try await client.pages(PageBatch(items: messages))
            return .done
        } catch {
            return error.isAboutContent ? nil : .retry(reason: error.reason.label, after: error.retryAfter)
        }
    }
}

extension PageMessage {
    fileprivate func to(_ recipient: Recipient) -> PageMessage {
        PageMessage(
            pageID: pageID, firingID: firingID, kind: kind, incidentID: incidentID, epoch: epoch, recipient: recipient, urgency: urgency,
            channels: channels, message: message, expiresAt: expiresAt, traceparent: traceparent)
    }
}
