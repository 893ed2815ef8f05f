import Contracts
import Hummingbird
import ServiceKit
import Synchronization
import TestSupport

/// A hot route beside the framework's route of the same path: the hot one says "hot", the other "framework", both with the body's length.
enum HotThings {
    /// Keeps the hot answers back until the test opens.
    final class Gate: Sendable {
        private let waiting = Mutex<[@Sendable () -> Void]?>([])
        let entered = Doorbell()
        /// Where the daemon under test listens.
        let port = Mutex(0)

        func pass(_ answer: @escaping @Sendable () -> Void) {
            let isOpen = waiting.withLock { waiting in
                waiting?.append(answer)
                return waiting == nil
            }
            entered.ring()
            if isOpen { answer() }
        }

        func open() {
            let all = waiting.withLock { waiting in
                defer { waiting = nil }
                return waiting
            }
            for answer in all ?? [] { answer() }
        }
    }

    struct Unforeseen: Error {}

    static func routes(_ gate: Gate? = nil) -> (Routes) -> Void {
        { routes in
            routes.post("/api/v1/things", .integration) { request, context in
                "framework \(try await request.rawBody(context, limit: 1_000_000).readableBytes)"
            }
            routes.get("/api/v1/things", .integration) { request, _ in "framework \(request.uri.query ?? "")" }
            routes.hotGet("/api/v1/things") { request, answer in
                let query = String(request.query)
                if query == "leave" { return .left }
                let reply = HotAnswer(status: 200, json: "hot \(query)")
                if query == "later" {
                    answer { reply }
                    return .begun
                }
                return .answered(reply)
            }
            routes.hot("/api/v1/things") { request, answer in
                let text = String(buffer: request.body)
                if text == #"{"a":"leave"}"# { return .left }
                let reply = { @Sendable in
                    answer {
                        if text == #"{"a":"conflict"}"# { throw Problem.conflict(code: "taken", "It is taken.") }
                        if text == #"{"a":"crash"}"# { throw Unforeseen() }
                        return HotAnswer(status: text == #"{"a":"known"}"# ? 200 : 201, json: "hot \(text.utf8.count)")
                    }
                }
                if let gate { gate.pass(reply) } else { reply() }
                return .begun
            }
        }
    }

    static func post(
        _ body: String, path: String = "/api/v1/things", _ headers: String = "Content-Type: application/json\r\nX-API-Key: key\r\n"
    ) -> String {
        "POST \(path) HTTP/1.1\r\nHost: x\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
}
