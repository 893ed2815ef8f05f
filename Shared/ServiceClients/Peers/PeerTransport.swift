import AsyncHTTPClient
package import Auth
package import Contracts
import Foundation
package import Logging
import ServiceLifecycle
import Synchronization

/// What all clients of one daemon share: the connections, the daemon's own name and its tokens.
///
/// A `Service`: put it before whatever uses it, so that it is the last to stop.
package final class PeerTransport: Service, Sendable {
    /// A daemon on the same network answers a connection at once or is not there.
    static let connectTimeout: Duration = .seconds(1)
    /// Connections to one peer: more than its database pool can serve at a time would only queue there.
    static let connectionsPerPeer = 16
    /// Shorter than the 60 s after which a daemon closes an idle connection, so that we never write into one it is closing.
    static let idleTimeout: Duration = .seconds(30)
    /// A token is used for most of its life; what is left covers the call's deadline.
    static let tokenReuse: Duration = InternalTokens.lifetime - .seconds(10)
    /// Bytes of an answer between daemons.
    static let bodyLimit = 4 * 1024 * 1024

    let peer: Peer
    let logger: Logger
    let exchange: HTTPExchange
    let pause: @Sendable (Duration) async throws -> Void
    private let client: HTTPClient
    private let tokens: InternalTokens
    private let cached = Mutex<[Peer: (token: String, madeAt: Date)]>([:])

    /// - Parameter pause: waits between tries; tests give one that does not.
    package init(
        from peer: Peer, tokens: InternalTokens, logger: Logger,
        pause: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.peer = peer
        self.tokens = tokens
        self.logger = logger
        self.pause = pause
        client = HTTPClient(configuration: Self.configuration)
        exchange = HTTPExchange(client: client, bodyLimit: Self.bodyLimit)
    }

    deinit {
        client.shutdown { _ in }
    }

    /// Keeps the connections until the daemon stops, then closes them.
    package func run() async throws {
        try? await gracefulShutdown()
        await shutdown()
    }

    /// Closes the connections; calls after this fail as unreachable.
    package func shutdown() async {
        try? await client.shutdown()
    }

    /// A token by which `callee` knows us, made anew shortly before the last one ends.
    func token(for callee: Peer) throws(ClientError) -> String {
        let now = tokens.now
        let known = cached.withLock { $0[callee] }
        if let known, (.zero..<Self.tokenReuse).contains(.seconds(now.timeIntervalSince(known.madeAt))) { return known.token }
        guard let token = try? tokens.make(from: peer, to: callee) else { throw ClientError(.invalidRequest) }
        cached.withLock { $0[callee] = (token, now) }
        return token
    }

    private static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .init(connectTimeout)), decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.connectionPool = .init(
            idleTimeout: .init(idleTimeout), concurrentHTTP1ConnectionsPerHostSoftLimit: connectionsPerPeer
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }
}
