import Contracts
import Foundation
import ServiceClients

/// The web pages' view of IncidentManagement: every call carries the signed-in person's own token.
struct IncidentService: Sendable {
    let client: PeerClient

    struct Tokens: Codable, Sendable {
        let accessToken: String
        let refreshToken: String?
        let expiresIn: Int?
    }

    struct Person: Codable, Sendable {
        let email: String
        let fullName: String?
    }

    private struct Login: Encodable, Sendable {
        let username: String
        let password: String
    }

    private struct Refresh: Encodable, Sendable {
        let refreshToken: String
    }

    /// Nil when IncidentManagement refuses the credentials.
    /// - Throws: `ClientError` when it cannot be asked or wants fewer tries (429).
    func login(_ username: String, _ password: String) async throws -> Tokens? {
        try await tokens("/api/v1/auth/login/access-token", body: try WireJSON.encode(Login(username: username, password: password)))
    }

    /// Nil when the session is over.
    func refresh(_ token: String) async throws -> Tokens? {
        try await tokens("/api/v1/auth/refresh", body: try WireJSON.encode(Refresh(refreshToken: token)))
    }

    /// Ends the session, and the access token with it should that still be good.
    func logout(_ session: PageSession) async throws {
        let body = try WireJSON.encode(Refresh(refreshToken: session.refresh))
        _ = try await send("POST", "/api/v1/auth/logout", bearer: session.access, body: body)
    }

    func me(_ access: String) async throws -> Person {
        try await value(Person.self, "/api/v1/users/me", access)
    }

    func incidents(of list: IncidentList, _ access: String, limit: Int) async throws -> [IncidentView] {
        try await value([IncidentView].self, "/api/v1/incidents?status=\(list.filter)&limit=\(limit)", access)
    }

    func incident(_ number: Int, _ access: String) async throws -> IncidentView {
        try await value(IncidentView.self, "/api/v1/incidents/\(number)", access)
    }

    /// The newest entries, newest first.
    func timeline(_ number: Int, _ access: String, limit: Int) async throws -> [TimelineLine] {
        try await value([TimelineLine].self, "/api/v1/incidents/\(number)/timeline?order=desc&limit=\(limit)", access)
    }

    /// - Parameter transition: `acknowledge` or `resolve`.
    /// - Throws: `Refusal` with the daemon's own words.
    func change(_ number: Int, _ transition: String, _ access: String) async throws {
        let answer = try await send("PATCH", "/api/v1/incidents/\(number)/\(transition)", bearer: access)
        if !answer.isSuccess { throw Refusal(answer) }
    }

    private struct Wish: Encodable, Sendable {
        let asOf: Date?
    }

    /// - Parameter asOf: what the person saw is as old as this.
    /// - Throws: `Refusal` with the daemon's own words, also when the incident escalated since.
    func escalate(_ number: Int, asOf: Date?, _ access: String) async throws {
        let body = try WireJSON.encode(Wish(asOf: asOf))
        let answer = try await send("POST", "/api/v1/incidents/\(number)/escalate", bearer: access, body: body)
        if !answer.isSuccess { throw Refusal(answer) }
    }

    private func tokens(_ path: String, body: Data) async throws -> Tokens? {
        let answer = try await send("POST", path, body: body)
        if answer.isSuccess { return try WireJSON.decode(Tokens.self, from: answer.body) }
        if (400..<500).contains(answer.status), answer.status != 429 { return nil }
        throw Refusal(answer)
    }

    private func value<Value: Decodable>(_ type: Value.Type, _ path: String, _ access: String) async throws -> Value {
        let answer = try await send("GET", path, bearer: access)
        guard answer.isSuccess else { throw Refusal(answer) }
        return try WireJSON.decode(type, from: answer.body)
    }

    private func send(_ method: String, _ path: String, bearer: String? = nil, body: Data? = nil) async throws -> HTTPAnswer {
        let headers = body == nil ? [] : [(name: "content-type", value: "application/json")]
        return try await client.send(PeerRequest(method, path, bearer: bearer, headers: headers, body: body))
    }
}

/// An answer other than success, in the words of its problem document.
struct Refusal: Error, Sendable {
    let status: Int
    let detail: String

    private struct Document: Decodable {
        let detail: String?
    }

    init(_ answer: HTTPAnswer) {
        status = answer.status
        detail = (try? WireJSON.decode(Document.self, from: answer.body))?.detail ?? "the request was refused"
    }
}
