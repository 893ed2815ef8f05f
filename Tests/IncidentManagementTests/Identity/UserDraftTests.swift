import Contracts
import Foundation
import IncidentManagement
import Testing

@Suite struct UserDraftTests {
    private func body(_ members: [(String, JSONValue)]) -> JSONValue {
        .object(members.map { JSONValue.Member($0.0, $0.1) })
    }

    private let good: [(String, JSONValue)] = [("email", .string("alice@example.org")), ("password", .string("correct horse"))]

    @Test func defaultsAreAResponderCalledByTheAddress() throws {
        let draft = try UserDraft(body(good))
        #expect(draft.role == .responder)
        #expect(draft.fullName == "alice")
        #expect(draft.timeZone == "UTC")
        #expect(draft.isActive)
    }

    /// Reliability AZN-3.
    @Test(arguments: ["is_admin", "is_superuser", "status", "team_id", "epoch", "id", "created_at", "password_hash", "version"])
    func unknownFieldsAreRefused(_ field: String) {
        #expect(throws: InvalidFields([FieldFault(pointer: "/\(field)", detail: "is not a known field")])) {
            try UserDraft(body(good + [(field, .string("x"))]))
        }
    }

    @Test(arguments: ["role", "is_active", "teams", "email", "user_name"])
    func peopleDoNotChangeTheirOwn(_ field: String) {
        #expect(throws: InvalidFields.self) {
            try UserChange(bySelf: body([(field, .string("admin"))]), email: nil)
        }
    }

    @Test func allFaultsAreToldAtOnce() throws {
        let bad = body([
            ("email", .string("nobody")), ("password", .string("password")), ("role", .string("Admin")),
            ("time_zone", .string("Mars/Olympus")),
            ("locale", .string("e")), ("teams", .array([.string("a\u{202E}b")])), ("full_name", .string("a\u{0000}b")),
        ])
        let error = #expect(throws: InvalidFields.self) { try UserDraft(bad) }
        let pointers = Set(error?.faults.map(\.pointer) ?? [])
        #expect(pointers == ["/email", "/password", "/role", "/time_zone", "/locale", "/teams", "/full_name"])
    }

    @Test(arguments: ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata"])
    func timeZonesByNamePass(_ zone: String) throws {
        #expect(try UserDraft(body(good + [("time_zone", .string(zone))])).timeZone == zone)
    }

    @Test(arguments: ["en", "pt-BR", "zh-Hans-CN", "de-DE-1996"])
    func languageTagsPass(_ tag: String) throws {
        #expect(try UserDraft(body(good + [("locale", .string(tag))])).locale == tag)
    }

    @Test func teamsAreASet() throws {
        let draft = try UserDraft(body(good + [("teams", .array([.string("web"), .string("core"), .string("web")]))]))
        #expect(draft.teams == ["core", "web"])
    }

    @Test func anotherPasswordNeedsTheCurrentOne() {
        #expect(throws: InvalidFields.self) {
            try UserChange(bySelf: body([("password", .string("correct horse"))]), email: nil)
        }
    }

    @Test func tokensMayNotMoreThanTheirMaker() {
        let request = body([("name", .string("ci")), ("role", .string("admin"))])
        #expect(throws: InvalidFields.self) {
            try APITokenDraft(request, maker: .responder, now: Date(timeIntervalSince1970: 1_800_000_000))
        }
        #expect(throws: Never.self) { try APITokenDraft(request, maker: .admin, now: Date(timeIntervalSince1970: 1_800_000_000)) }
    }
}
