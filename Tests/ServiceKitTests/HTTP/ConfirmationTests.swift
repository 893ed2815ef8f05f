import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import Synchronization
import Testing

/// What answers to changing requests wait for.
@Suite struct ConfirmationTests {
    @Test(arguments: [
        (HTTPRequest.Method.post, "/api/v1/things", 200, 1), (.put, "/api/v1/things", 200, 1), (.delete, "/api/v1/things", 409, 1),
        (.get, "/api/v1/things", 200, 0), (.post, "/internal/v1/things", 200, 0),
    ])
    func changesOfThePublicAPIWait(method: HTTPRequest.Method, path: String, status: Int, waits: Int) async throws {
        let counter = Counter()
        let daemon = try Kit(confirmation: { counter.count.withLock { $0 += 1 } }).daemon(Self.register)
        try await daemon.application.test(.router) { client async throws in
            let answer = try await client.execute(uri: path, method: method)
            #expect(answer.status.code == status && counter.count.withLock { $0 } == waits)
        }
    }

    @Test func changeThatCannotBeConfirmedIsNotCalledDone() async throws {
        let daemon = try Kit(confirmation: { throw Problem.unavailable("Not yet.") }).daemon(Self.register)
        try await daemon.application.test(.router) { client async throws in
            #expect(try await client.execute(uri: "/api/v1/things", method: .post).status == .serviceUnavailable)
        }
    }

    private final class Counter: Sendable {
        let count = Mutex(0)
    }

    private static func register(_ routes: Routes) {
        routes.get("/api/v1/things", .open) { _, _ in "seen" }
        routes.post("/api/v1/things", .open) { _, _ in "done" }
        routes.put("/api/v1/things", .open) { _, _ in "done" }
        routes.on(.delete, "/api/v1/things", .open) { _, _ -> String in throw Problem.conflict(code: "taken", "It is taken.") }
        routes.post("/internal/v1/things", .open) { _, _ in "done" }
    }
}
