import AsyncHTTPClient
package import Foundation
package import Logging
import NIOCore
import NIOHTTP1
import ServiceKit

/// Calls user-given URLs: webhooks, test buttons, whatever a person may point at something (OUT-1, NOT-4).
///
/// Every call checks the URL anew, connects to the checked address with the URL's name in TLS and `Host`, follows no redirect, and reads
/// little of the answer, which is never to be shown to the person.
package struct EgressClient: Sendable {
    static let connectTimeout: Duration = .seconds(2)
    /// Look-up, connection, request and answer together.
    package static let deadline: Duration = .seconds(10)
    /// Bytes of an answer: enough for any provider's receipt.
    package static let bodyLimit = 64 * 1024

    private let guardian: EgressGuard
    private let bodyLimit: Int
    private let logger: Logger

    /// - Parameter bodyLimit: bytes of an answer that are read; more is an error.
    package init(_ guardian: EgressGuard, bodyLimit: Int = EgressClient.bodyLimit, logger: Logger) {
        self.guardian = guardian
        self.bodyLimit = bodyLimit
        self.logger = logger
    }

    /// Posts `body` and returns the answer, whatever its status; a 3xx is not followed.
    ///
    /// Throws ``EgressError``; a deadline longer than ``deadline`` is cut to it.
    package func post(
        _ url: String, headers: [(name: String, value: String)] = [], body: Data, deadline: Duration = EgressClient.deadline
    ) async throws(EgressError) -> HTTPAnswer {
        try await send("POST", url, headers: headers, body: body, deadline: deadline)
    }

    /// As ``post(_:headers:body:deadline:)`` with another method, or without a body.
    package func send(
        _ method: String, _ url: String, headers: [(name: String, value: String)] = [], body: Data? = nil,
        deadline: Duration = EgressClient.deadline
    ) async throws(EgressError) -> HTTPAnswer {
        let end = ContinuousClock.now + min(deadline, Self.deadline)
        do throws(EgressError) {
            let checked = try await guardian.check(url)
            var sent = HTTPHeaders(headers.map { ($0.name, $0.value) })
            sent.remove(name: "host")
            if !sent.contains(name: "user-agent") { sent.add(name: "user-agent", value: "Tocsin") }
            let left = ContinuousClock.now.duration(to: end)
            return try await exchange(method, checked.url, sent, body, at: checked.address, within: left)
        } catch {
            logger.debug("call to user-given URL failed", metadata: ["error.reason": "\(error.label)"])
            throw error
        }
    }

    /// One client per call: AsyncHTTPClient pins addresses per client.
    private func exchange(
        _ method: String, _ url: EgressURL, _ headers: HTTPHeaders, _ body: Data?, at address: IPAddress, within limit: Duration
    ) async throws(EgressError) -> HTTPAnswer {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .init(Self.connectTimeout)), decompression: .disabled
        )
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        if url.host.address == nil { configuration.dnsOverride = [url.host.text: address.description] }
        let client = HTTPClient(configuration: configuration)
        let result: Result<HTTPAnswer, ClientError>
        do throws(ClientError) {
            let exchange = HTTPExchange(client: client, bodyLimit: bodyLimit)
            result = .success(try await exchange.run(method, url.text, headers, body, within: limit))
        } catch {
            result = .failure(error)
        }
        try? await client.shutdown()
        do { return try result.get() } catch { throw .failed(error) }
    }
}
