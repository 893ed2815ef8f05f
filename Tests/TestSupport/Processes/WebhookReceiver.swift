package import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle
import Synchronization

/// A real HTTP server on loopback that takes webhooks at `/hook` and remembers what it was sent.
package struct WebhookReceiver: Sendable {
    package struct Call: Sendable {
        /// By lower-case name.
        package let headers: [String: String]
        package let body: Data
    }

    /// What it says to a call.
    package struct Answer: Sendable {
        let status: Int
        let retryAfter: Int

        /// - Parameter retryAfter: seconds.
        package init(_ status: Int, retryAfter: Int = 1) {
            self.status = status
            self.retryAfter = retryAfter
        }
    }

    package let port: Int
    private let log: CallLog

    package var url: String { "http://127.0.0.1:\(port)/hook" }
    /// In the order of their coming.
    package var calls: [Call] { log.calls }

    /// Serves while `body` runs.
    ///
    /// - Parameter answers: to the first call, the second and so on; the last one to all that follow.
    package static func run(answers: [Answer], _ body: (WebhookReceiver) async throws -> Void) async throws {
        let log = CallLog()
        let router = Router()
        router.post("hook") { request, _ in
            let data = Data(try await request.body.collect(upTo: 64 * 1024).readableBytesView)
            let number = log.add(Call(headers: Dictionary(request.headers.map { ($0.name.canonicalName, $0.value) }) { $1 }, body: data))
            let answer = answers[min(number, answers.count) - 1]
            return Response(
                status: .init(code: answer.status),
                headers: [.retryAfter: "\(answer.retryAfter)", .location: "http://127.0.0.1:1/elsewhere"])
        }
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in continuation.yield(channel.localAddress?.port ?? 0) }, logger: .quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            defer { group.cancelAll() }
            guard let port = await ports.first(where: { _ in true }) else { throw ToolFailure("the webhook receiver did not start") }
            try await body(WebhookReceiver(port: port, log: log))
        }
    }
}

private final class CallLog: Sendable {
    private let recorded = Mutex<[WebhookReceiver.Call]>([])

    var calls: [WebhookReceiver.Call] { recorded.withLock { $0 } }

    /// - Returns: the call's number, from 1.
    func add(_ call: WebhookReceiver.Call) -> Int {
        recorded.withLock { calls in
            calls.append(call)
            return calls.count
        }
    }
}
