import Contracts
import Foundation
import HTTPTypes
import IncidentManagement
import ServiceKit
import TestSupport
import Testing

@Suite struct SignInThrottleTests {
    @Test func failuresMakeTheNextAttemptWait() async throws {
        try await withIdentity { identity in
            try await identity.setUp()
            for _ in 0...LoginThrottle.freeFailures {
                #expect(try await identity.logIn("root@example.org", "wrong password").status == .unauthorized)
            }
            let blocked = try await identity.logIn()
            #expect(blocked.status == .tooManyRequests)
            #expect(blocked.headers[.retryAfter] == "1")

            identity.clock.advance(by: .seconds(1))
            #expect(try await identity.logIn().status == .ok)
        }
    }

    @Test func successForgetsTheFailures() async throws {
        try await withIdentity { identity in
            try await identity.setUp()
            for _ in 0..<3 {
                for _ in 1..<LoginThrottle.freeFailures {
                    #expect(try await identity.logIn("root@example.org", "wrong password").status == .unauthorized)
                }
                #expect(try await identity.logIn().status == .ok)
            }
        }
    }

    /// Reliability AUT-4: case, width, blanks and the user name are one bucket.
    @Test func spellingsShareOneBucket() async throws {
        try await withIdentity { identity in
            try await identity.setUp()
            let spellings = ["root@example.org", "ROOT@example.org", " root@example.org", "ｒｏｏｔ@example.org", "root", "ROOT"]
            for name in spellings { #expect(try await identity.logIn(name, "wrong password").status == .unauthorized) }
            #expect(try await identity.logIn().status == .tooManyRequests)
        }
    }

    @Test func unknownLoginsAreThrottledAlike() async throws {
        try await withIdentity { identity in
            for _ in 0...LoginThrottle.freeFailures {
                #expect(try await identity.logIn("nobody@example.org").status == .unauthorized)
            }
            let blocked = try await identity.logIn("Nobody@Example.org")
            #expect(blocked.status == .tooManyRequests)
            #expect(try await identity.logIn("somebody@example.org").status == .unauthorized)
        }
    }

    @Test func attemptsAtOnceAreCountedBeforeTheyAreLookedAt() async throws {
        try await withIdentity { identity in
            try await identity.setUp()
            let statuses = try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for _ in 0..<15 { group.addTask { try await identity.logIn("root@example.org", "wrong password").status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.count { $0 == .unauthorized } == LoginThrottle.freeFailures + 1)
            #expect(statuses.count { $0 == .tooManyRequests } == 14 - LoginThrottle.freeFailures)
        }
    }

    @Test func currentPasswordIsThrottledToo() async throws {
        try await withIdentity { identity in
            let admin = try await identity.admin()
            let body = #"{"password":"another fine one","current_password":"guess guess"}"#
            for _ in 0...LoginThrottle.freeFailures {
                #expect(try await identity.call(.patch, "/api/v1/users/me", body, token: admin).status == .unprocessableContent)
            }
            #expect(try await identity.call(.patch, "/api/v1/users/me", body, token: admin).status == .tooManyRequests)
        }
    }

    @Test func oldAttemptsAreSwept() async throws {
        try await withIdentity { identity in
            _ = try await identity.logIn("nobody@example.org")
            let sweep = try #require(identity.identity.workers.first)
            #expect(try await sweep.tick(now: identity.clock.now).handled == 0)
            identity.clock.advance(by: .seconds(3700))
            #expect(try await sweep.tick(now: identity.clock.now).handled == 1)
        }
    }
}
