package import CoreMetrics
package import Foundation
package import Logging
import ServiceKit
import ServiceLifecycle
import Synchronization

/// Redis as a bell and a cache: whoever asks it must do as well without it.
///
/// One connection for commands, made and made again while the service runs. A command waits ``RedisLimits/command`` at most; without a connection it fails
/// at once, so a Redis that is dead or frozen costs one request that time and the others nothing.
package final class RedisClient: Service, Sendable {
    private let configuration: RedisConfiguration
    private let factory: any MetricsFactory
    private let metrics: RedisMetrics
    private let logger: Logger
    private let commands: RedisLink
    private let links: Mutex<[RedisLink]>
    private let current = Mutex<RedisConnection?>(nil)
    private let trouble = Doorbell()
    private let limit: Duration

    /// - Parameter limit: What a command may take; another one in tests only, whose machine is busier than any.
    package init(
        _ configuration: RedisConfiguration, limit: Duration = RedisLimits.command, metrics factory: any MetricsFactory, logger: Logger
    ) {
        self.configuration = configuration
        self.limit = limit
        self.factory = factory
        self.logger = logger
        metrics = RedisMetrics(factory)
        commands = RedisLink("commands", configuration, metrics: factory, logger: logger)
        links = Mutex([commands])
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await self.commands.keep { connection in
                self.current.withLock { $0 = connection }
                defer { self.current.withLock { $0 = nil } }
                while true {
                    let heard = self.trouble.rings
                    try await connection.ping(until: .now + self.limit)
                    await self.trouble.wait(after: heard, upTo: RedisLimits.heartbeat)
                }
            }
        }
    }

    /// Whether all connections that are wanted are there; told from memory, so it never waits.
    package var isUp: Bool { links.withLock { $0.allSatisfy(\.isUp) } }

    /// Hears what is published on these channels, on a connection of its own; to be run as a service.
    package func subscription(
        to channels: [String], onSignal: @escaping @Sendable (RedisSubscription.Signal) -> Void
    ) -> RedisSubscription {
        let link = RedisLink("subscription", configuration, metrics: factory, logger: logger)
        links.withLock { $0.append(link) }
        return RedisSubscription(link, channels: channels, onSignal: onSignal)
    }

    /// The value of a key; nil when there is none.
    package func value(of key: String) async throws(RedisError) -> Data? {
        switch try await send(.get, ["GET", key]) {
        case .text(let value): value
        case .none: nil
        default: throw .unexpected
        }
    }

    /// Keeps a value until `lifetime` is over, or until Redis needs the room.
    ///
    /// - Throws: ``RedisError/tooLong`` for one beyond ``RedisLimits/longestValue``.
    package func keep(_ value: Data, for key: String, lifetime: Duration) async throws(RedisError) {
        guard value.count <= RedisLimits.longestValue else { throw .tooLong }
        let seconds = max(1, lifetime.components.seconds)
        _ = try await send(.set, [Data("SET".utf8), Data(key.utf8), value, Data("EX".utf8), Data("\(seconds)".utf8)])
    }

    /// Rings a channel; who is not listening right now never hears it.
    package func publish(_ channel: String) async throws(RedisError) {
        _ = try await send(.publish, ["PUBLISH", channel, ""])
    }

    private func send(_ command: RedisMetrics.Command, _ words: [String]) async throws(RedisError) -> RedisReply {
        try await send(command, words.map { Data($0.utf8) })
    }

    private func send(_ command: RedisMetrics.Command, _ words: [Data]) async throws(RedisError) -> RedisReply {
        let start = ContinuousClock.now
        guard let connection = current.withLock({ $0 }), !connection.isBroken else {
            metrics.count(command, .skipped)
            throw .notConnected
        }
        do {
            let reply = try await connection.call(words, until: start + limit)
            metrics.count(command, .ok, took: ContinuousClock.now - start)
            return reply
        } catch {
            metrics.count(command, .failed)
            if connection.isBroken { trouble.ring() }
            throw error
        }
    }
}
