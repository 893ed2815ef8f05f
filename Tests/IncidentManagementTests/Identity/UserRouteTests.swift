import Contracts
import Foundation
import HTTPTypes
import IncidentManagement
import ServiceKit
import TestSupport
import Testing

@Suite struct UserRouteTests {
    @Test func userIsExactlyTheseFields() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let made = try await identity.post(
                "/api/v1/users",
                #"{"email":"Alice@Example.org","full_name":"Alice Smith","password":"correct horse","role":"viewer","teams":["web"],"time_zone":"Europe/Berlin","locale":"de"}"#,
                token: admin
            )
            #expect(made.status == .created)
            #expect(made.headers[.location] == "/api/v1/users/\(made["id"] ?? "")")
            let expected: Set<String> = [
                "id", "email", "full_name", "role", "is_active", "is_superuser", "teams", "time_zone", "locale", "created_at",
            ]
            #expect(Set(made.json.members?.map(\.key) ?? []) == expected)
            #expect(made["email"] == "Alice@Example.org")
            #expect(made.json["is_superuser"] == .bool(false))
            #expect(try await identity.get("/api/v1/users/\(made["id"] ?? "")", token: admin).json == made.json)
        }
    }

    @Test func takenNamesAreConflicts() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let email = try await identity.post("/api/v1/users", #"{"email":"ROOT@example.org","password":"correct horse"}"#, token: admin)
            #expect(email.code == "email_taken")
            let name = try await identity.post(
                "/api/v1/users", #"{"email":"r@example.org","user_name":"Root","password":"correct horse"}"#, token: admin
            )
            #expect(name.code == "user_name_taken")
            let usual = try await identity.post("/api/v1/users", #"{"email":"root@example.net","password":"correct horse"}"#, token: admin)
            #expect(usual.status == .created)
        }
    }

    @Test func rolesDecideWhoMay() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let viewer = try await identity.person("v@example.org", role: "viewer", by: admin)
            let responder = try await identity.person("r@example.org", by: admin)
            for token in [viewer.token, responder.token] {
                #expect(try await identity.get("/api/v1/users", token: token).status == .ok)
                #expect(
                    try await identity.post("/api/v1/users", #"{"email":"x@example.org","password":"correct horse"}"#, token: token).status
                        == .forbidden)
                #expect(
                    try await identity.call(.patch, "/api/v1/users/\(viewer.id)", #"{"role":"admin"}"#, token: token).status == .forbidden)
                #expect(try await identity.call(.delete, "/api/v1/users/\(viewer.id)", token: token).status == .forbidden)
                #expect(try await identity.get("/api/v1/audit", token: token).status == .forbidden)
                #expect(
                    try await identity.call(.patch, "/api/v1/users/me", #"{"role":"admin"}"#, token: token).status == .unprocessableContent)
            }
            for path in ["/api/v1/users", "/api/v1/users/me", "/api/v1/tokens", "/api/v1/audit"] {
                #expect(try await identity.get(path).status == .unauthorized)
            }
        }
    }

    @Test func roleChangeBitesOnTheNextCall() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let bob = try await identity.person("bob@example.org", role: "admin", by: admin)
            #expect(try await identity.get("/api/v1/audit", token: bob.token).status == .ok)
            _ = try await identity.call(.patch, "/api/v1/users/\(bob.id)", #"{"role":"responder"}"#, token: admin)
            #expect(try await identity.get("/api/v1/audit", token: bob.token).status == .forbidden)
        }
    }

    @Test func disabledUserIsRefusedOnTheNextCallAndStaysSignedOut() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let bob = try await identity.person("bob@example.org", by: admin)
            identity.clock.advance(by: .milliseconds(5))
            _ = try await identity.call(.patch, "/api/v1/users/\(bob.id)", #"{"is_active":false}"#, token: admin)
            #expect(try await identity.get("/api/v1/users/me", token: bob.token).status == .unauthorized)
            _ = try await identity.call(.patch, "/api/v1/users/\(bob.id)", #"{"is_active":true}"#, token: admin)
            #expect(try await identity.get("/api/v1/users/me", token: bob.token).status == .unauthorized)
            #expect(try await identity.logIn("bob@example.org").status == .ok)
        }
    }

    @Test func deletedUserIsGoneAndTheAddressFree() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let bob = try await identity.person("bob@example.org", by: admin)
            #expect(try await identity.call(.delete, "/api/v1/users/\(bob.id)", token: admin).status == .noContent)
            #expect(try await identity.get("/api/v1/users/\(bob.id)", token: admin).status == .notFound)
            #expect(try await identity.get("/api/v1/users/me", token: bob.token).status == .unauthorized)
            #expect(try await identity.call(.delete, "/api/v1/users/\(bob.id)", token: admin).status == .notFound)
            let again = try await identity.person("bob@example.org", by: admin)
            #expect(again.id != bob.id)
        }
    }

    @Test(arguments: [#"{"role":"viewer"}"#, #"{"is_active":false}"#])
    func lastAdminStays(_ change: String) async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let me = try #require(try await identity.get("/api/v1/users/me", token: admin)["id"])
            #expect(try await identity.call(.patch, "/api/v1/users/\(me)", change, token: admin).code == "last_admin")
            #expect(try await identity.call(.delete, "/api/v1/users/\(me)", token: admin).code == "last_admin")
        }
    }

    @Test func twoAdminsCannotRemoveEachOther() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let me = try #require(try await identity.get("/api/v1/users/me", token: admin)["id"])
            let other = try await identity.person("other@example.org", role: "admin", by: admin)
            async let one = identity.call(.patch, "/api/v1/users/\(other.id)", #"{"role":"viewer"}"#, token: admin)
            async let two = identity.call(.patch, "/api/v1/users/\(me)", #"{"role":"viewer"}"#, token: other.token)
            let statuses = try await [one.status, two.status]
            #expect(statuses.count { $0 == .ok } == 1)
            #expect(try await identity.identity.directory.admins().count == 1)
        }
    }

    @Test func staleEntityTagIsRefused() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let bob = try await identity.person("bob@example.org", by: admin)
            let path = "/api/v1/users/\(bob.id)"
            let tag = try #require(try await identity.get(path, token: admin).headers[.eTag])
            let first = try await identity.call(.patch, path, #"{"locale":"de"}"#, token: admin, headers: [.ifMatch: tag])
            #expect(first.status == .ok)
            #expect(first.headers[.eTag] != tag)
            let second = try await identity.call(.patch, path, #"{"locale":"fr"}"#, token: admin, headers: [.ifMatch: tag])
            #expect(second.status == .preconditionFailed)
        }
    }

    @Test func listIsPagedByCursor() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            for index in 0..<4 {
                identity.clock.advance(by: .milliseconds(2))
                _ = try await identity.person("p\(index)@example.org", role: "viewer", by: admin)
            }
            var path = "/api/v1/users?limit=2&role=viewer"
            var emails: [String] = []
            for _ in 0..<2 {
                let page = try await identity.get(path, token: admin)
                #expect(page.headers[.totalCount] == "4")
                emails += page.json.array?.compactMap { $0["email"]?.string } ?? []
                if let link = page.headers[.link] {
                    path = String(link.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })
                } else {
                    path = ""
                }
            }
            #expect(emails == (0..<4).map { "p\($0)@example.org" })
            #expect(path.isEmpty)
        }
    }

    @Test(arguments: ["limit=0", "limit=x", "cursor=x", "cursor=00000000", "role=Admin", "is_active=yes", "limit=1&limit=2"])
    func oddParametersAre400(_ query: String) async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            #expect(try await identity.get("/api/v1/users?\(query)", token: admin).status == .badRequest)
        }
    }
}
