import Contracts
import Foundation
import HTTPTypes
import TestSupport
import Testing

/// Somebody with an account and a token.
struct Caller: Sendable {
    let name: String
    let token: String

    var email: String { "\(name.lowercased())@example.org" }
}

extension OnCallAPI {
    /// - Parameters:
    ///   - userName: one person's; by default the name in lower case.
    ///   - fullName: whatever the person likes; by default the name.
    func person(
        _ name: String, _ role: Role = .responder, teams: [String] = [], userName: String? = nil, fullName: String? = nil
    ) -> Caller {
        let email = "\(name.lowercased())@example.org"
        let id = UserID.make(at: clock.now)
        let user = KnownUser(id: id, name: fullName ?? name, email: email, isActive: true)
        incidents.know(email, as: user)
        incidents.know(userName ?? name.lowercased(), as: user)
        return Caller(
            name: name, token: incidents.token(of: Standing(role: role, userID: id, name: "token of \(name)", email: email, teams: teams)))
    }

    /// From the next question about it on.
    func disable(_ email: String) {
        incidents.know(email, as: KnownUser(id: .make(at: clock.now), name: "Somebody", email: email, isActive: false))
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String? = nil, by caller: Caller, headers: HTTPFields = [:]
    ) async throws -> Answer {
        var headers = headers
        headers[.authorization] = "Bearer \(caller.token)"
        return try await send(method, path, body, as: nil, headers: headers)
    }

    /// Asks somebody, or the team, to take shifts of payments.
    func ask(_ more: String, by caller: Caller) async throws -> Answer {
        try await send(.post, "/api/v1/oncall/shift-requests", #"{"team": "payments", \#(more)}"#, by: caller)
    }

    func answer(_ verb: String, _ request: Answer, by caller: Caller, headers: HTTPFields = [:]) async throws -> Answer {
        let id = try #require(request.json["request_id"]?.string, "\(request.text)")
        return try await send(.post, "/api/v1/oncall/shift-requests/\(id)/\(verb)", by: caller, headers: headers)
    }

    func state(of request: Answer) async throws -> String? {
        let id = try #require(request.json["request_id"]?.string, "\(request.text)")
        return try await send(.get, "/api/v1/oncall/shift-requests/\(id)", as: .viewer).json["state"]?.string
    }

    func primaries(at instants: String...) async throws -> [String?] {
        var names: [String?] = []
        for instant in instants { names.append(try await current(at: instant)) }
        return names
    }

    func history(_ kind: String) async throws -> [JSONValue] {
        try await send(.get, "/api/v1/oncall/history", as: .viewer).json.array?.filter { $0["event_type"]?.string == kind } ?? []
    }
}
