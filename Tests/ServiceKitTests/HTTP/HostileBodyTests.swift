import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import TestSupport
import Testing

/// Reliability §5 B, 31–46: each is refused with the status and the pointer named, and the next request is served.
@Suite struct HostileBodyTests {
    struct Case: Sendable, CustomStringConvertible {
        let number: Int
        let body: [UInt8]
        var type: String? = "application/json"
        var status = 400
        var pointer: String? = ""

        var description: String { "\(number) \(String(decoding: body.prefix(40), as: UTF8.self)) \(type ?? "-")" }

        init(_ number: Int, _ text: String, type: String? = "application/json", status: Int = 400, at pointer: String? = "") {
            self.init(number, Array(text.utf8), type: type, status: status, at: pointer)
        }

        init(_ number: Int, _ body: [UInt8], type: String? = "application/json", status: Int = 400, at pointer: String? = "") {
            self.number = number
            self.body = body
            self.type = type
            self.status = status
            self.pointer = pointer
        }
    }

    static let labels = (0..<20_000).map { "\"k\($0)\":\"\"" }.joined(separator: ",")

    static let cases: [Case] = [
        Case(31, ""), Case(31, "null"), Case(31, "[]"), Case(31, "\"x\""), Case(31, "1"),
        Case(32, "{\"a\":\"" + String(repeating: "x", count: 257 * 1024) + "\"}", status: 413, at: nil),
        Case(33, deep("{\"a\":", 33, "}"), at: "/a" + String(repeating: "/a", count: 31)),
        Case(33, String(repeating: "[", count: 600), at: String(repeating: "/0", count: 32)),
        Case(33, String(repeating: "[", count: 100_000), at: String(repeating: "/0", count: 32)),
        Case(34, "{" + (0..<257).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"),
        Case(34, "{\"labels\":{" + labels + "}}", at: "/labels"),
        Case(35, "{\"a\":1,\"a\":2}", at: "/a"), Case(35, "{\"a\":1,\"\\u0061\":2}", at: "/a"),
        Case(36, "{\"a\":\"\\u0000\"}", at: "/a"), Case(36, "{\"a\\u0000\":1}"), Case(36, "{\"a\":{\"b\":[\"x\\u0000\"]}}", at: "/a/b/0"),
        Case(36, Array("{\"a\":\"".utf8) + [0] + Array("\"}".utf8), at: "/a"),
        Case(37, "{\"a\":\"\\ud800\"}", at: "/a"), Case(37, "{\"a\":\"\\udc00\\ud800\"}", at: "/a"),
        Case(37, "{\"a\":\"\\ud800\\u0041\"}", at: "/a"),
        Case(38, raw([0xFF]), at: "/a"), Case(38, raw([0xC0, 0x80]), at: "/a"),
        Case(38, raw([0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]), at: "/a"),
        Case(38, raw([0xE2, 0x82]), at: "/a"), Case(38, raw([0xF5, 0x80, 0x80, 0x80]), at: "/a"),
        Case(39, [0xFF, 0xFE, 0x7B, 0x00, 0x7D, 0x00]), Case(39, [0x00, 0x7B, 0x00, 0x7D]), Case(39, [0xEF, 0xBB, 0xBF, 0x7B, 0x7D]),
        Case(39, "{}", type: "application/json; charset=utf-7", status: 415, at: nil),
        Case(39, "{}", type: "application/json;charset=\"utf-16\"", status: 415, at: nil),
        Case(40, "{\"a\":1,}"), Case(40, "{\"a\":[1,]}", at: "/a/1"), Case(40, "{\"a\":1 /* */}"), Case(40, "// x\n{}"),
        Case(40, "{'a':1}"),
        Case(40, "{\"a\":NaN}", at: "/a"), Case(40, "{\"a\":Infinity}", at: "/a"), Case(40, "{\"a\":-Infinity}", at: "/a"),
        Case(40, "{\"a\":01}", at: "/a"), Case(40, "{\"a\":+1}", at: "/a"), Case(40, "{\"a\":.5}", at: "/a"),
        Case(40, "{\"a\":5.}", at: "/a"),
        Case(40, "{\"a\":1e400}", at: "/a"), Case(40, "{\"a\":-1e400}", at: "/a"), Case(40, "{\"a\":1e-400}", at: "/a"),
        Case(40, "{\"a\":" + String(repeating: "1", count: 100_000) + "}", at: "/a"), Case(40, "{\"a\":0x10}"),
        Case(40, "{\"a\":tRue}", at: "/a"),
        Case(40, "{\"a\":\"\t\"}", at: "/a"), Case(40, "{\"a\":\"\\x\"}", at: "/a"),
        Case(41, "{}x"), Case(41, "{}{}"), Case(41, "{\"a\":1}\n{\"a\":2}"),
        Case(42, "{\"title\":7}", status: 422, at: "/title"), Case(42, "{\"title\":true}", status: 422, at: "/title"),
        Case(42, "{\"title\":\"t\",\"count\":\"1\"}", status: 422, at: "/count"),
        Case(43, "{\"title\":\"t\",\"count\":1e3}", status: 422, at: "/count"),
        Case(43, "{\"title\":\"t\",\"count\":9223372036854775808}", status: 422, at: "/count"),
        Case(44, "{\"" + String(repeating: "k", count: 10_240) + "\":1}"),
        Case(45, "{}", type: "text/plain", status: 415, at: nil),
        Case(45, "a=1", type: "application/x-www-form-urlencoded", status: 415, at: nil),
        Case(45, "{}", type: "multipart/form-data; boundary=x", status: 415, at: nil), Case(45, "{}", type: nil, status: 415, at: nil),
        Case(46, "{\"title\":\"t\",\"wrong\":1}", status: 422, at: "/wrong"),
    ]

    private static func deep(_ open: String, _ depth: Int, _ close: String) -> String {
        String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
    }

    private static func raw(_ bytes: [UInt8]) -> [UInt8] { Array("{\"a\":\"".utf8) + bytes + Array("\"}".utf8) }

    @Test(arguments: cases)
    func hostileBodyIsRefusedWithItsPlace(example: Case) async throws {
        let kit = Kit()
        try await kit.daemon { $0.post("/things", .open, use: things) }.application.test(.router) { client in
            var headers: HTTPFields = [:]
            headers[.contentType] = example.type
            let response = try await client.execute(uri: "/things", method: .post, headers: headers, body: ByteBuffer(bytes: example.body))
            #expect(response.status.code == example.status)
            let problem = try response.problem()
            #expect(problem.status == example.status)
            #expect(problem.requestID == response.headers[.requestID])
            #expect(problem.errors?.first?.pointer == example.pointer)
            let next = try await client.execute(
                uri: "/things", method: .post, headers: [.contentType: "application/json"], body: ByteBuffer(string: "{\"title\":\"t\"}")
            )
            #expect(next.status == .ok)
        }
        #expect(kit.log.errors.isEmpty)
    }

    @Test(arguments: [
        "{\"title\":\"__proto__\",\"labels\":{\"__proto__\":\"\",\"constructor\":\"\",\"\":\"\"}}",
        "{\"title\":\"t\",\"count\":9007199254740993}",
    ])
    func oddButWellFormedBodyIsData(body: String) async throws {
        try await Kit().daemon { $0.post("/things", .open, use: things) }.application.test(.router) { client in
            let headers: HTTPFields = [.contentType: "application/json; charset=UTF-8"]
            let response = try await client.execute(uri: "/things", method: .post, headers: headers, body: ByteBuffer(string: body))
            #expect(response.status == .ok)
            #expect(response.text == body)
        }
    }

    @Test func bodyShorterThanDeclaredIsNotTakenForTheWhole() async throws {
        let daemon = try Kit().daemon { $0.post("/raw", .open) { request, context in try await request.rawBody(context, limit: 100) } }
        for (length, status) in [("3", 200), ("10", 400)] {
            let head = HTTPRequest(method: .post, scheme: "http", authority: "x", path: "/raw", headerFields: [.contentLength: length])
            #expect(await RouterProbe(daemon: daemon).status(of: head, body: "abc") == status)
        }
    }

    @Test func compressedBodyIsRefused() async throws {
        try await Kit().daemon { $0.post("/things", .open, use: things) }.application.test(.router) { client in
            let headers: HTTPFields = [.contentType: "application/json", .contentEncoding: "gzip"]
            let response = try await client.execute(uri: "/things", method: .post, headers: headers, body: ByteBuffer(string: "{}"))
            #expect(response.status == .unsupportedMediaType)
        }
    }
}

/// Reads a body the way a controller does and shows it.
@Sendable private func things(_ request: Request, _ context: CallContext) async throws -> Response {
    let body = try await request.jsonBody(context)
    var fields = FieldReader(body)
    _ = fields.text("title", 1...255)
    _ = fields.optionalInteger("count", 0...Int.max)
    _ = fields.stringMap("labels", atMost: 64, bytes: 1024)
    try fields.finish()
    return Response(status: .ok, body: ResponseBody(byteBuffer: ByteBuffer(string: body.serialized)))
}
