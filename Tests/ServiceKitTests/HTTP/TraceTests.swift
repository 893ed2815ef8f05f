import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import TestSupport
import Testing

@Suite struct TraceTests {
    private let trace = "0af7651916cd43dd8448eb211c80319c"

    private func answer(_ headers: HTTPFields, _ kit: Kit = Kit()) async throws -> TestResponse {
        let daemon = try kit.daemon { routes in
            routes.get("/trace", .open) { _, _ in
                let current = try #require(TraceContext.current)
                return "\(current.traceparent) \(current.requestID)"
            }
        }
        return try await daemon.application.test(.router) { try await $0.execute(uri: "/trace", method: .get, headers: headers) }
    }

    @Test func traceGoesOnInANewSpan() async throws {
        let kit = Kit()
        let response = try await answer([.traceparent: "00-\(trace)-b7ad6b7169203331-01", .requestID: "order-7.a_B"], kit)
        let echoed = try #require(response.headers[.traceparent])
        #expect(echoed.hasPrefix("00-\(trace)-"))
        #expect(echoed.hasSuffix("-01"))
        #expect(!echoed.contains("b7ad6b7169203331"))
        #expect(response.headers[.requestID] == "order-7.a_B")
        #expect(response.text == "\(echoed) order-7.a_B")
        let logged = try #require(kit.log.entries.first { $0.message == "request answered" })
        #expect(logged.metadata["trace.id"] == trace)
        #expect(logged.metadata["http.request.id"] == "order-7.a_B")
    }

    @Test func unsampledStaysUnsampled() async throws {
        #expect(try await answer([.traceparent: "00-\(trace)-b7ad6b7169203331-00"]).headers[.traceparent]?.hasSuffix("-00") == true)
    }

    @Test(arguments: [
        "", "x", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
    ])
    func malformedTraceStartsANewOne(header: String) async throws {
        let echoed = try #require(try await answer([.traceparent: header]).headers[.traceparent])
        #expect(!echoed.contains(trace))
        #expect(TraceContext.accepting(traceparent: echoed, requestID: nil).traceID == echoed.split(separator: "-")[1])
    }

    @Test(arguments: ["", "a b", "a\"b", "é", "<x>", String(repeating: "a", count: 129)])
    func unsafeRequestIDIsReplaced(id: String) async throws {
        let given = try #require(try await answer([.requestID: id]).headers[.requestID])
        #expect(given != id)
        #expect(given.utf8.count == 36)
    }
}
