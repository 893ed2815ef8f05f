import AsyncHTTPClient
package import Contracts
import Foundation
import NIOCore
import NIOHTTP1

/// One HTTP request of a test to a server on loopback, and its answer.
package struct HTTPCall: Sendable {
    package let status: Int
    package let body: String
    /// By lower-case name; several of one name are lines of one value.
    package let headers: [String: String]

    package var json: JSONValue { get throws { try JSONValue(parsing: Data(body.utf8)) } }
    package var isSuccess: Bool { (200...299).contains(status) }

    /// A JSON body unless `headers` says otherwise; redirects are answers, not followed.
    package static func send(
        _ method: String, _ url: String, bearer: String? = nil, headers: [String: String] = [:], body: String? = nil
    ) async throws -> HTTPCall {
        var request = HTTPClientRequest(url: url)
        request.method = .RAW(value: method)
        if let bearer { request.headers.add(name: "authorization", value: "Bearer \(bearer)") }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body {
            if headers["content-type"] == nil { request.headers.add(name: "content-type", value: "application/json") }
            request.body = .bytes(Array(body.utf8))
        }
        let response = try await Self.client.execute(request, timeout: .seconds(20))
        let bytes = try await response.body.collect(upTo: 8 * 1024 * 1024)
        return HTTPCall(
            status: Int(response.status.code), body: String(buffer: bytes),
            headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { first, second in first + "\n" + second }
        )
    }

    /// One for all tests of the process; it ends with it. Calls beyond the connections queue up in a list that the client searches from the
    /// front: a load of thousands must bound itself.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()
}
