import Contracts
import Foundation
import HTTPTypes
import ServiceKit
import TestSupport
import Testing

extension Stories {
    /// What the daemons serve as their documents, beside the routes they really have.
    @Suite struct APIDocumentTests {
        @Test func everyRouteIsInTheDocumentAndTheOtherWayRound() async throws {
            try await TocsinSystem.run { tocsin in
                #expect(tocsin.routes.count == Peer.allCases.count)
                for (peer, routes) in tocsin.routes {
                    let documented = Set(try await Self.operations(of: peer, tocsin).map(\.name))
                    let registered = Set(routes.map { "\($0.method.rawValue) \($0.path)" })
                    #expect(registered.subtracting(documented).isEmpty, "\(peer): not in openapi.json")
                    #expect(documented.subtracting(registered).isEmpty, "\(peer): in openapi.json only")
                }
            }
        }

        @Test func securityOfAnOperationIsThePolicyOfItsRoute() async throws {
            try await TocsinSystem.run { tocsin in
                for (peer, routes) in tocsin.routes {
                    let operations = try await Self.operations(of: peer, tocsin)
                    for route in routes {
                        let name = "\(route.method.rawValue) \(route.path)"
                        let operation = try #require(operations.first { $0.name == name })
                        #expect(operation.policy == APIOperation.policy(of: route.access), "\(peer) \(name)")
                        #expect(operation.isInternal == (route.access == .daemon), "\(peer) \(name)")
                    }
                }
            }
        }

        @Test func operationsHaveNamesOfTheirOwnAndAnswersOfTheKitsShape() async throws {
            try await TocsinSystem.run { tocsin in
                var problems: Set<JSONValue> = []
                for peer in Peer.allCases {
                    let document = try await tocsin.send("GET", peer, "/openapi.json").json
                    let ids = APIOperation.all(of: document).compactMap(\.id)
                    #expect(Set(ids).count == APIOperation.all(of: document).count, "\(peer)")
                    problems.insert(try #require(document["components"]?["schemas"]?["Problem"]))
                    let alive = try await tocsin.send("GET", peer, "/livez").json
                    #expect(document["info"]?["version"] == alive["version"], "\(peer)")
                }
                #expect(problems.count == 1)
            }
        }

        private static func operations(of peer: Peer, _ tocsin: TocsinSystem) async throws -> [APIOperation] {
            let answer = try await tocsin.send("GET", peer, "/openapi.json")
            try #require(answer.status == 200)
            return APIOperation.all(of: try answer.json)
        }
    }
}

/// One operation of an OpenAPI document.
private struct APIOperation {
    /// `GET /api/v1/alerts`
    let name: String
    let value: JSONValue

    private static let methods: Set<String> = ["get", "put", "post", "delete", "patch", "head", "options", "trace"]

    static func all(of document: JSONValue) -> [APIOperation] {
        (document["paths"]?.members ?? []).flatMap { path in
            (path.value.members ?? []).filter { methods.contains($0.key) }.map {
                APIOperation(name: "\($0.key.uppercased()) \(path.key)", value: $0.value)
            }
        }
    }

    var id: String? { value["operationId"]?.string }

    var isInternal: Bool { value["tags"]?.array?.contains(.string("internal")) ?? false }

    /// In the same words as ``policy(of:)``. The cookie of the pages is no credential of the kit's.
    var policy: String {
        let choices = (value["security"]?.array ?? []).map { $0.members ?? [] }
        let names = Set(choices.flatMap { $0 }.map(\.key))
        if choices.contains(where: \.isEmpty) || names.subtracting(["session"]).isEmpty { return "open" }
        if names.contains("internalToken") { return names.count == 1 ? "daemon" : "mixed" }
        if names.contains("integrationKey") { return "integration" }
        return choices.flatMap { $0 }.first { $0.key == "bearer" }?.value.array?.first?.string ?? "none"
    }

    static func policy(of access: Access) -> String {
        switch access {
        case .open: "open"
        case .signedIn: Role.viewer.rawValue
        case .role(let role): role.rawValue
        case .daemon: "daemon"
        case .integration: "integration"
        }
    }
}
