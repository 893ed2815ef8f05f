import AsyncHTTPClient
import Auth
import Contracts
import Foundation
import Hummingbird
import Logging
import NIOCore
import ServiceClients
import ServiceLifecycle
import Synchronization
import TestSupport

/// A daemon as the test wants it: a real server on a loopback port that answers by script and remembers what it was sent.
struct StubPeer: Sendable {
    struct Seen: Sendable {
        let method: String
        let path: String
        let headers: [String: String]
        let body: String
    }

    typealias Script = @Sendable (Seen, Int) async throws -> Response

    static let now = Date(timeIntervalSince1970: 1_795_000_000)
    static let secret = Secret("internal-secret-canary-0123456789abcdef")

    let client: PeerClient
    let transport: PeerTransport
    let log: LogRecorder
    let pauses: Pauses
    private let history: History

    var seen: [Seen] { history.seen }

    /// - Parameter script: gets the request and its number, from 1.
    static func run(
        time: ManualTime = ManualTime(now), _ script: @escaping Script, _ body: (StubPeer) async throws -> Void
    ) async throws {
        let history = History()
        let router = Router()
        for method in [HTTPRequest.Method.get, .post, .put, .patch, .delete] {
            router.on("**", method: method) { request, _ in
                let bytes = try await request.body.collect(upTo: 1 << 20)
                let headers = Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }) { first, _ in first }
                let seen = Seen(method: request.method.rawValue, path: request.uri.string, headers: headers, body: String(buffer: bytes))
                return try await script(seen, history.add(seen))
            }
        }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) }, logger: Logger(label: "stub") { _ in SwiftLogNoOpLogHandler() }
        )
        let group = ServiceGroup(configuration: .init(services: [app], logger: app.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            var iterator = ports.makeAsyncIterator()
            let peer = try StubPeer(port: await iterator.next() ?? 0, history: history, time: time)
            try await body(peer)
            await peer.transport.shutdown()
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    init(port: Int, history: History = History(), time: ManualTime = ManualTime(now)) throws {
        self.history = history
        log = LogRecorder()
        let pauses = Pauses()
        self.pauses = pauses
        transport = PeerTransport(
            from: .alertIngestion, tokens: InternalTokens(secret: Self.secret, clock: { time.now }), logger: log.logger,
            pause: { pauses.add($0) }
        )
        guard let url = URL(string: "http://127.0.0.1:\(port)/") else { throw URLError(.badURL) }
        client = PeerClient(transport, to: .incidentManagement, baseURL: url)
    }

    /// The pauses between tries, taken without waiting.
    final class Pauses: Sendable {
        private let state = Mutex<[Duration]>([])
        var all: [Duration] { state.withLock { $0 } }
        func add(_ pause: Duration) { state.withLock { $0.append(pause) } }
    }

    final class History: Sendable {
        private let state = Mutex<[Seen]>([])
        var seen: [Seen] { state.withLock { $0 } }

        func add(_ seen: Seen) -> Int {
            state.withLock { state in
                state.append(seen)
                return state.count
            }
        }
    }
}

extension Response {
    static func json(_ text: String, _ status: HTTPResponse.Status = .ok, _ headers: HTTPFields = [:]) -> Response {
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
