import Contracts
import Foundation
import TestSupport
import Testing

extension Stories {
    @Suite struct BadInputStoryTests {
        @Test func bodiesNobodyShouldSendAreRefusedWithAPointerAndStoreNothing() async throws {
            let deep = String(repeating: #"{"a":"#, count: 40) + "1" + String(repeating: "}", count: 40)
            let bodies: [(String, Int, String?)] = [
                (#"{"service":"checkout","severity":"#, 400, nil),
                (#"{"service":"checkout","service":"x","severity":"high","message":"m"}"#, 400, "/service"),
                (#"{"service":"check\u0000out","severity":"high","message":"m"}"#, 400, "/service"),
                (#"{"service":"checkout","severity":"high","message":"m","labels":\#(deep)}"#, 400, nil),
                (#"{"service":7,"severity":true,"message":[]}"#, 422, "/service"),
                (#"{"severity":"awful"}"#, 422, "/severity"),
                (#"{"service":"checkout","severity":"high","message":"\#(String(repeating: "x", count: 600_000))"}"#, 413, nil),
            ]
            try await TocsinSystem.run { tocsin in
                for (body, status, pointer) in bodies {
                    let answer = try await tocsin.send("POST", .alertIngestion, "/api/v1/alerts", bearer: tocsin.ingestKey, body: body)
                    #expect(answer.status == status, "\(body.prefix(80)): \(answer.body)")
                    #expect(answer.headers["content-type"]?.hasPrefix("application/problem+json") ?? false)
                    if let pointer { #expect(answer.body.contains("\"\(pointer)\""), "\(answer.body)") }
                }
                try await tocsin.alert("checkout")
                try await tocsin.settle()
                let incidents = try await tocsin.send("GET", .incidentManagement, "/api/v1/incidents", bearer: tocsin.token).json.array
                #expect(incidents?.count == 1)
            }
        }

        @Test func everyFaultOfABodyIsToldAtOnce() async throws {
            try await TocsinSystem.run { tocsin in
                let answer = try await tocsin.send(
                    "POST", .alertIngestion, "/api/v1/alerts", bearer: tocsin.ingestKey, body: #"{"service":7,"severity":"awful"}"#
                )
                let pointers = try answer.json["errors"]?.array?.compactMap { $0["pointer"]?.string } ?? []
                #expect(Set(pointers).isSuperset(of: ["/service", "/severity"]), "\(answer.body)")
            }
        }

        @Test func withoutARightKeyEveryAnswerIsTheSame401() async throws {
            try await TocsinSystem.run { tocsin in
                let keys: [String?] = [nil, "", "wrong", String(repeating: "a", count: 32), "tcs_api_x_y"]
                var bodies: Set<String> = []
                for key in keys {
                    let answer = try await tocsin.send(
                        "POST", .alertIngestion, "/api/v1/alerts", bearer: key, headers: ["x-request-id": "same"],
                        body: #"{"service":"checkout","severity":"high","message":"m"}"#
                    )
                    #expect(answer.status == 401)
                    bodies.insert(answer.body)
                }
                #expect(bodies.count == 1)
                // The ingest key opens nothing else.
                for peer in [Peer.incidentManagement, .onCall, .notification] {
                    let path = [
                        Peer.incidentManagement: "/api/v1/incidents", .onCall: "/api/v1/schedules", .notification: "/api/v1/notifications",
                    ][peer]
                    let answer = try await tocsin.send("GET", peer, path ?? "", bearer: tocsin.ingestKey)
                    #expect(answer.status == 401)
                }
            }
        }

        @Test func peoplesTokensDoNotOpenInternalRoutes() async throws {
            try await TocsinSystem.run { tocsin in
                let doors: [(Peer, String)] = [
                    (.incidentManagement, InternalPath.alertEvents), (.incidentManagement, InternalPath.permit),
                    (.onCall, InternalPath.escalate),
                    (.notification, InternalPath.pages),
                ]
                for (peer, path) in doors {
                    let known = try await tocsin.send("POST", peer, path, bearer: tocsin.token, body: "{}")
                    let stranger = try await tocsin.send("POST", peer, path, body: "{}")
                    #expect(known.status == 403)
                    #expect(stranger.status == 401)
                }
            }
        }
    }
}
