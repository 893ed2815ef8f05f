package import Contracts
package import Foundation
import ServiceKit

/// Calls one daemon: own token, trace, deadline, bounded retries, decoded errors.
///
/// A deadline covers the whole call, tries and pauses included; a try that may have reached the other side is repeated too, so whatever is
/// called with `retries` must be idempotent there.
package struct PeerClient: Sendable {
    /// What a call between daemons may take unless the caller says otherwise (architecture §4, step 4).
    package static let deadline: Duration = .seconds(2)
    /// Tries after the first that a caller may ask for; the outbox does the patient repeating.
    package static let retryLimit = 5

    let transport: PeerTransport
    package let peer: Peer
    private let base: String

    package init(_ transport: PeerTransport, to peer: Peer, baseURL: URL) {
        self.transport = transport
        self.peer = peer
        var base = baseURL.absoluteString
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base
    }

    /// Posts `body` as the daemon itself and decodes the answer.
    package func post<Body: Encodable & Sendable, Answer: Decodable>(
        _ path: String, _ body: Body, as type: Answer.Type, idempotencyKey: String? = nil, deadline: Duration = PeerClient.deadline,
        retries: Int = 0
    ) async throws(ClientError) -> Answer {
        let answer = try await posted(path, body, idempotencyKey, deadline, retries)
        return try decode(type, from: answer, path)
    }

    /// Posts `body` as the daemon itself and asks only for a 2xx.
    package func post<Body: Encodable & Sendable>(
        _ path: String, _ body: Body, idempotencyKey: String? = nil, deadline: Duration = PeerClient.deadline, retries: Int = 0
    ) async throws(ClientError) {
        _ = try await posted(path, body, idempotencyKey, deadline, retries)
    }

    /// Gets and decodes as the daemon itself.
    package func get<Answer: Decodable>(
        _ path: String, as type: Answer.Type, deadline: Duration = PeerClient.deadline, retries: Int = 0
    ) async throws(ClientError) -> Answer {
        let answer = try await succeed(PeerRequest("GET", path), deadline, retries)
        return try decode(type, from: answer, path)
    }

    /// Gets a text as the daemon itself.
    package func text(
        _ path: String, deadline: Duration = PeerClient.deadline, retries: Int = 0
    ) async throws(ClientError) -> String {
        String(decoding: try await succeed(PeerRequest("GET", path), deadline, retries).body, as: UTF8.self)
    }

    /// Passes a request on with the caller's own token and returns whatever the answer is, 4xx and 5xx too; one try.
    ///
    /// Says by ``ClientAddress`` for whom it calls, under the daemon's own token. Throws only when there is no answer, or one larger than 4 MB.
    package func send(_ request: PeerRequest, deadline: Duration = PeerClient.deadline) async throws(ClientError) -> HTTPAnswer {
        var request = request
        if let client = ClientAddress.current {
            request.headers.append((ClientAddress.header, client))
            request.headers.append((ClientAddress.tokenHeader, try transport.token(for: peer)))
        }
        return try await exchange(request, within: deadline)
    }

    private func posted(
        _ path: String, _ body: some Encodable & Sendable, _ idempotencyKey: String?, _ deadline: Duration, _ retries: Int
    ) async throws(ClientError) -> HTTPAnswer {
        guard let encoded = try? WireJSON.encode(body) else { throw ClientError(.invalidRequest) }
        var request = PeerRequest("POST", path, headers: [("content-type", "application/json")], body: encoded)
        if let idempotencyKey { request.headers.append(("idempotency-key", idempotencyKey)) }
        return try await succeed(request, deadline, retries)
    }

    private func decode<Answer: Decodable>(_ type: Answer.Type, from answer: HTTPAnswer, _ path: String) throws(ClientError) -> Answer {
        do {
            return try WireJSON.decode(type, from: answer.body)
        } catch {
            let error = ClientError(.badAnswer)
            log(error, path)
            throw error
        }
    }

    func url(_ path: String) throws(ClientError) -> String {
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw ClientError(.invalidRequest) }
        return base + path
    }
}
