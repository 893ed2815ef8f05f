import AsyncHTTPClient
import Contracts
import Foundation
import NIOCore
import NIOHTTP1

/// A daemon as the command line calls it: base URL and bearer token from the environment.
struct Service: Sendable {
    /// What an answer may weigh.
    private static let bodyLimit = 8 * 1024 * 1024
    private static let deadline: TimeAmount = .seconds(15)
    /// Pages of a list that are fetched: 5,000 incidents, and nobody reads more on a terminal.
    private static let pageLimit = 25

    let baseURL: String
    let token: String?
    /// The variable that `token` comes from.
    var tokenKey: String?

    static var alerts: Service { Service("ALERTS_URL", 8001, token: "TOCSIN_INGEST_KEY") }
    static var incidents: Service { Service("INCIDENTS_URL", 8002, token: "TOCSIN_TOKEN") }
    static var onCall: Service { Service("ONCALL_URL", 8003, token: "TOCSIN_TOKEN") }

    private init(_ key: String, _ port: Int, token: String) {
        let environment = ProcessInfo.processInfo.environment
        self.init(baseURL: environment[key] ?? "http://127.0.0.1:\(port)", token: environment[token])
        tokenKey = token
    }

    init(baseURL: String, token: String?) {
        self.baseURL = baseURL
        self.token = token
    }

    func get(_ path: String) async throws -> JSONValue { try await send("GET", path, nil) }

    /// All items of a list, page after page; says on standard error when there are more than it fetches.
    func list(_ path: String) async throws -> [JSONValue] {
        var items: [JSONValue] = []
        var next: String? = path
        for _ in 0..<Self.pageLimit {
            guard let path = next else { return items }
            let page = try await exchange("GET", path, nil)
            items += page.answer.array ?? []
            next = page.next
        }
        if next != nil { FileHandle.standardError.write(Data("There are more than these \(items.count).\n".utf8)) }
        return items
    }

    func post(_ path: String, _ body: some Encodable) async throws -> JSONValue { try await send("POST", path, try WireJSON.encode(body)) }
    func patch(_ path: String, _ body: some Encodable) async throws -> JSONValue {
        try await send("PATCH", path, try WireJSON.encode(body))
    }

    private func send(_ method: String, _ path: String, _ body: Data?) async throws -> JSONValue {
        try await exchange(method, path, body).answer
    }

    /// - Returns: the answer, and for a list that goes on the path of its next page.
    private func exchange(_ method: String, _ path: String, _ body: Data?) async throws -> (answer: JSONValue, next: String?) {
        var request = HTTPClientRequest(url: baseURL + path)
        request.method = .RAW(value: method)
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: Self.deadline)
        let text = String(buffer: try await response.body.collect(upTo: Self.bodyLimit))
        let answer = text.isEmpty ? JSONValue.null : try JSONValue(parsing: Data(text.utf8))
        guard (200...299).contains(response.status.code) else {
            let detail = answer["detail"]?.string ?? "the daemon answered \(response.status.code)"
            throw Refusal(description: detail + (response.status == .unauthorized ? missingToken : ""))
        }
        return (answer, response.headers.first(name: "link").flatMap(Self.next))
    }

    /// The target of a `Link` header's `rel="next"` (RFC 8288); ours has no other.
    private static func next(_ link: String) -> String? {
        guard link.hasPrefix("<"), link.contains("rel=\"next\""), let end = link.firstIndex(of: ">") else { return nil }
        return String(link[link.index(after: link.startIndex)..<end])
    }

    /// A file that was read without `set -a` sets variables that no program sees.
    private var missingToken: String {
        guard token == nil, let tokenKey else { return "" }
        return " \(tokenKey) is not in the environment: `set -a; . .local/tocsin.env; set +a` puts it there."
    }

    /// What a daemon said instead of doing it.
    struct Refusal: Error, CustomStringConvertible {
        let description: String
    }
}

extension String {
    /// Safe inside a path or a query value.
    var percentEncoded: String {
        addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~"))) ?? ""
    }
}
