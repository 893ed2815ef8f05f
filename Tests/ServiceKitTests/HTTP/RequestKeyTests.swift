import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit
import Testing

@Suite struct RequestKeyTests {
    private func key(_ header: String?, body: JSONValue = .null) throws -> RequestKey? {
        var head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/a")
        head.headerFields[.idempotencyKey] = header
        return try Request(head: head, body: RequestBody(buffer: ByteBuffer())).repeatKey(scope: "user:1", route: "POST /a", body: body)
    }

    @Test func quotedAndBareAreOneKey() throws {
        #expect(try key("\"try-1\"") == key("try-1") && key("try-1")?.key == "try-1")
        #expect(try key("\"")?.key == "\"" && key("a\"")?.key == "a\"", "what is not quoted on both sides is not quoted")
        #expect(try key(nil) == nil)
    }

    @Test func theDigestTellsBodiesApartAndTwinsAreTwinsWhateverTheirBodies() throws {
        let (one, other) = (try key("k", body: .string("a")), try key("k", body: .string("b")))
        #expect(one?.bodyDigest.count == 32 && one != other && one?.identity == other?.identity)
        #expect(try key("k", body: .string("a")) == one)
    }

    @Test(arguments: ["", "\"\"", String(repeating: "k", count: 256)])
    func anUnusableKeyIsTheCallersFault(_ header: String) {
        let problem = #expect(throws: Problem.self) { try key(header) }
        #expect(problem?.code == "bad_idempotency_key" && problem?.status == .badRequest)
    }

    @Test func aKeyHasNoNUL() {
        #expect(throws: Problem.self) { try RequestKey(scope: "s", route: "r", key: "a\0b", bodyDigest: Data(repeating: 1, count: 32)) }
    }
}
