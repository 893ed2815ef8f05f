import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import Testing

@Suite struct ClientAddressTests {
    private func client(_ headers: HTTPFields, trusting proxies: String) async throws -> String {
        let kit = Kit(settings: ["TRUSTED_PROXIES": proxies])
        let daemon = try kit.daemon { routes in
            routes.get("/whose", .open) { _, context in
                #expect(ClientAddress.current == context.remoteAddress)
                return context.remoteAddress ?? "nobody"
            }
        }
        return try await daemon.application.test(.live) { try await $0.execute(uri: "/whose", method: .get, headers: headers).text }
    }

    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")

    private func forwarded(_ values: [String]) throws -> HTTPFields {
        let name = try #require(Self.forwardedFor)
        return HTTPFields(values.map { HTTPField(name: name, value: $0) })
    }

    @Test(arguments: [
        (["203.0.113.9"], "203.0.113.9"), (["198.51.100.1, 203.0.113.9"], "203.0.113.9"), (["198.51.100.1", "203.0.113.9"], "203.0.113.9"),
        (["198.51.100.1, 203.0.113.9, 10.0.0.7"], "203.0.113.9"), (["10.0.0.8, 10.0.0.7"], "10.0.0.8"), ([], "127.0.0.1"),
        (["203.0.113.9:4711"], "203.0.113.9"), (["[2001:db8::1]:4711"], "2001:db8::1"), (["2001:DB8::1"], "2001:db8::1"),
        (["::ffff:203.0.113.9"], "203.0.113.9"), (["unknown"], "127.0.0.1"), (["unknown, 10.0.0.7"], "10.0.0.7"), ([",,"], "127.0.0.1"),
    ])
    func behindOurProxiesTheClientIsTheFirstStranger(values: [String], expected: String) async throws {
        #expect(try await client(try forwarded(values), trusting: "127.0.0.1, 10.0.0.0/8") == expected)
    }

    @Test(arguments: ["", "10.0.0.0/8"])
    func whatAStrangerWritesIsNotRead(proxies: String) async throws {
        #expect(try await client(try forwarded(["203.0.113.9"]), trusting: proxies) == "127.0.0.1")
    }

    @Test(arguments: [
        ("pages", "203.0.113.9", "203.0.113.9"), ("daemon", "203.0.113.9", "127.0.0.1"), ("admin", "203.0.113.9", "127.0.0.1"),
        ("down", "203.0.113.9", "127.0.0.1"), ("", "203.0.113.9", "127.0.0.1"), ("pages", "203.0.113.9, 10.0.0.1", "127.0.0.1"),
        ("pages", "nonsense", "127.0.0.1"),
    ])
    func onlyThePagesSpeakForAPerson(token: String, told: String, expected: String) async throws {
        let (client, peer) = (try #require(HTTPField.Name(ClientAddress.header)), try #require(HTTPField.Name(ClientAddress.tokenHeader)))
        #expect(try await self.client([client: told, peer: token], trusting: "") == expected)
    }

    @Test func aListThatIsNoneStopsTheStart() {
        #expect(throws: ConfigurationError.self) { try Kit(settings: ["TRUSTED_PROXIES": "10.0.0.0/8, proxy.internal"]).daemon() }
    }
}
