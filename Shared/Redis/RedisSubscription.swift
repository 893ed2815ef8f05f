import Foundation
import ServiceLifecycle

/// Hears PUBLISH on a connection of its own, and says when it may have missed some.
package final class RedisSubscription: Service, Sendable {
    package enum Signal: Sendable, Hashable {
        /// SUBSCRIBE has just come into force: whatever was published before may have been missed.
        case scan
        case published(channel: String)
    }

    /// For an answer that nobody waits for.
    private static let patience: Duration = .seconds(1)

    private let link: RedisLink
    private let channels: [String]
    private let onSignal: @Sendable (Signal) -> Void

    init(_ link: RedisLink, channels: [String], onSignal: @escaping @Sendable (Signal) -> Void) {
        self.link = link
        self.channels = channels
        self.onSignal = onSignal
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown { await self.link.keep { try await self.listen(on: $0) } }
    }

    private func listen(on connection: RedisConnection) async throws {
        guard !channels.isEmpty else { return await Self.idle(connection) }
        let end = ContinuousClock.now + Self.patience
        try await connection.post((["SUBSCRIBE"] + channels).map { Data($0.utf8) }, until: end)
        for _ in channels {
            guard try await connection.receive(until: end) != nil else { throw RedisError.timeout }
        }
        onSignal(.scan)
        var isAsked = false
        while true {
            // A silent connection is asked for a sign of life; anything it says is one.
            let reply = try await connection.receive(until: .now + (isAsked ? Self.patience : RedisLimits.heartbeat))
            if let channel = reply?.publishedChannel { onSignal(.published(channel: channel)) }
            if reply == nil, isAsked { throw RedisError.timeout }
            isAsked = reply == nil
            if isAsked { try await connection.post([Data("PING".utf8)], until: .now + Self.patience) }
        }
    }

    /// Nothing to hear, for as long as the service runs.
    private static func idle(_ connection: RedisConnection) async {
        while !connection.isBroken, !Task.isCancelled { try? await Task.sleep(for: RedisLimits.heartbeat) }
    }
}
