import Contracts
import Foundation
import IncidentManagement
import Testing

@Suite struct IncidentDeclarationTests {
    static func body(_ members: [String: JSONValue]) -> JSONValue {
        .object(members.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value) })
    }

    static let good: [String: JSONValue] = [
        "title": .string("Checkout is down"), "severity": .string("high"), "service": .string("checkout"),
    ]

    @Test(arguments: ["test", "TEST", " None ", "null"]) func wordsThatSayNothingAreRefused(word: String) {
        #expect(throws: InvalidFields.self) { try IncidentDeclaration(Self.body(Self.good.merging(["title": .string(word)]) { $1 })) }
        #expect(throws: InvalidFields.self) {
            try IncidentDeclaration(Self.body(Self.good.merging(["incident_message": .string(word)]) { $1 }))
        }
    }

    @Test(arguments: [(4, false), (5, true), (1_000, true), (1_001, false)])
    func messageHasFiveToAThousandCharacters(length: Int, isAccepted: Bool) {
        let body = Self.body(Self.good.merging(["incident_message": .string(String(repeating: "x", count: length))]) { $1 })
        let declaration = try? IncidentDeclaration(body)
        #expect((declaration != nil) == isAccepted)
    }

    @Test func allFaultsAreToldAtOnce() {
        let body = Self.body(["severity": .string("bad"), "assigned_to": .number("7"), "is_admin": .bool(true)])
        let error = #expect(throws: InvalidFields.self) { try IncidentDeclaration(body) }
        #expect(Set(error?.faults.map(\.pointer) ?? []) == ["/title", "/severity", "/service", "/assigned_to", "/is_admin"])
    }

    @Test func bothNamesOfTheDescriptionMayBeGiven() throws {
        let both = Self.good.merging(["description": .string("Since noon"), "incident_message": .null]) { $1 }
        #expect(try IncidentDeclaration(Self.body(both)).description == "Since noon")
    }

    @Test(arguments: ["9223372036854775807", "-9223372036854775808", "-1", "253402300800000000"])
    func cursorOfNoTimeThatCanBeIsRefused(microseconds: String) {
        #expect(ListCursor("\(microseconds)_01977a3e-5b7c-7e02-b1a7-2c4d6e8f0a1b") == nil)
    }

    @Test func teamAloneIsEnough() throws {
        let body = Self.body(["title": .string("Odd noises"), "severity": .string("low"), "team": .string("core")])
        let declaration = try IncidentDeclaration(body)
        #expect(declaration.service == IncidentDeclaration.generalService)
        #expect(declaration.team == "core")
    }
}
