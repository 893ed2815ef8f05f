import Contracts
import Logging
import NIOHTTP1
import ServiceKit

extension PeerClient {
    /// Tries until the answer is a 2xx, the error will not pass, the tries are used up, or another one would not fit the deadline.
    func succeed(_ request: PeerRequest, _ deadline: Duration, _ retries: Int) async throws(ClientError) -> HTTPAnswer {
        var request = request
        let end = ContinuousClock.now + deadline
        var tries = 0
        while true {
            request.bearer = try transport.token(for: peer)
            let error: ClientError
            do {
                let answer = try await exchange(request, within: ContinuousClock.now.duration(to: end))
                guard let refusal = answer.error else { return answer }
                error = refusal
            } catch let failure {
                error = failure
            }
            tries += 1
            let pause = RetryPause.length(after: tries, retryAfter: error.retryAfter)
            guard error.isRetryable, tries <= min(retries, Self.retryLimit), ContinuousClock.now + pause < end else {
                log(error, request.path, tries: tries)
                throw error
            }
            do { try await transport.pause(pause) } catch { throw ClientError(.cancelled) }
        }
    }

    func exchange(_ request: PeerRequest, within limit: Duration) async throws(ClientError) -> HTTPAnswer {
        guard limit > .zero else { throw ClientError(.timeout) }
        return try await transport.exchange.run(request.method, url(request.path), headers(of: request), request.body, within: limit)
    }

    /// The given headers and our own; ours win, so that nobody passes on another's identity or trace.
    private func headers(of request: PeerRequest) -> HTTPHeaders {
        var headers = HTTPHeaders(request.headers.map { ($0.name, $0.value) })
        if !headers.contains(name: "accept") { headers.add(name: "accept", value: "application/json") }
        headers.replaceOrAdd(name: "user-agent", value: "tocsin/\(transport.peer.rawValue)")
        headers.remove(name: "authorization")
        if let bearer = request.bearer { headers.add(name: "authorization", value: "Bearer \(bearer)") }
        if let trace = TraceContext.current {
            headers.replaceOrAdd(name: "traceparent", value: trace.traceparent)
            headers.replaceOrAdd(name: "x-request-id", value: trace.requestID)
        }
        return headers
    }

    /// Says which call failed and why, never what was in it.
    func log(_ error: ClientError, _ path: String, tries: Int = 1) {
        transport.logger.debug(
            "call to peer failed",
            metadata: [
                "peer.name": "\(peer.rawValue)", "url.path": "\(path.prefix { $0 != "?" })", "error.reason": "\(error.reason.label)",
                "http.response.status_code": "\(error.status ?? 0)", "peer.tries": "\(tries)",
            ]
        )
    }
}
