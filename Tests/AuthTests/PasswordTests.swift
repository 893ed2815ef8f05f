import Auth
import Foundation
import Testing

@Suite(.serialized) struct PasswordTests {
    /// The cheapest there is: these tests are about everything but the cost.
    let hasher = PasswordHasher(pepper: Secret("pepper"), cost: 4)

    @Test func libcryptKnowsThePublishedVector() {
        let hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"
        #expect(BCrypt.hash("U*U", setting: hash) == hash)
        #expect(BCrypt.hash("U*V", setting: hash) != hash)
        #expect(BCrypt.cost(of: hash) == 5)
    }

    @Test func passwordIsVerifiedAgainstItsHash() async throws {
        let hash = try await hasher.hash("correct horse")
        #expect(hash.hasPrefix("$2b$04$"))
        #expect(try await hasher.verify("correct horse", against: hash))
        #expect(try await !hasher.verify("correct horsf", against: hash))
        #expect(try await hasher.hash("correct horse") != hash)
    }

    static let twins = [
        (String(repeating: "a", count: 100), String(repeating: "a", count: 99) + "b"),
        (String(repeating: "a", count: 72) + "x", String(repeating: "a", count: 72) + "y"),
        ("before\0after", "before\0other"), ("before\0", "before"), ("", " "), ("Password", "password"),
    ]

    @Test(arguments: twins) func noByteOfAPasswordIsCutOff(one: String, other: String) async throws {
        let hash = try await hasher.hash(one)
        #expect(try await hasher.verify(one, against: hash))
        #expect(try await !hasher.verify(other, against: hash))
    }

    @Test func sameLettersFromAnotherKeyboardAreTheSamePassword() async throws {
        #expect(try await hasher.verify("caf\u{E9} \u{FB01}", against: hasher.hash("cafe\u{301} fi")))
    }

    @Test func hashIsWorthlessWithoutThePepper() async throws {
        let hash = try await hasher.hash("secret")
        #expect(try await !PasswordHasher(pepper: Secret("salt"), cost: 4).verify("secret", against: hash))
        #expect(BCrypt.hash("secret", setting: hash) != hash)
    }

    @Test(arguments: [
        nil, "", "x", "$2b$04$", "$1$abc$def", "*0", "$2b$31$" + String(repeating: "C", count: 53),
        "$2b$04$" + String(repeating: "!", count: 53),
    ])
    func unreadableHashVerifiesNothing(hash: String?) async throws {
        #expect(try await !hasher.verify("", against: hash))
        #expect(try await !hasher.verify("secret", against: hash))
    }

    @Test(arguments: [nil, "not a hash"]) func unknownAccountCostsAsMuchAsAKnownOne(stored: String?) async throws {
        let slow = PasswordHasher(pepper: Secret("pepper"), cost: 8)
        let hash = try await slow.hash("secret")
        var known: Duration = .seconds(60)
        var unknown: Duration = .seconds(60)
        // The quickest of many is what the work costs; the rest is what else the machine was doing, so a busy one gets more rounds.
        var rounds = 0
        repeat {
            known = min(known, try await ContinuousClock().measure { _ = try await slow.verify("wrong", against: hash) })
            unknown = min(unknown, try await ContinuousClock().measure { _ = try await slow.verify("wrong", against: stored) })
            rounds += 1
        } while rounds < 5 || (rounds < 100 && !(known * 0.5..<known * 2).contains(unknown))
        #expect((known * 0.5..<known * 2).contains(unknown), "known \(known), unknown \(unknown)")
    }

    @Test func changedCostAsksForANewHash() async throws {
        let hash = try await hasher.hash("x")
        #expect(!hasher.needsRehash(hash))
        #expect(PasswordHasher(pepper: Secret("pepper")).needsRehash(hash))
    }

    @Test func crowdBeyondTheQueueIsTurnedAway() async throws {
        let slow = PasswordHasher(pepper: Secret("pepper"), cost: 10)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<60 {
                group.addTask { do { return try await !slow.verify("x", against: nil) } catch { return false } }
            }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        let served = outcomes.count { $0 }
        #expect(served >= PasswordHasher.concurrency + PasswordHasher.queueLimit)
        #expect(served < 60)
    }

    @Test func neverMoreAtATimeThanAllowed() async throws {
        let threads = BoundedThreads(name: "test", limit: 2, queueLimit: 20)
        let gauge = Peak()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await threads.run {
                        gauge.enter()
                        _ = BCrypt.hash("x", setting: "$2b$04$CCCCCCCCCCCCCCCCCCCCC.")
                        gauge.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(gauge.highest <= 2)
        #expect(gauge.highest >= 1)
    }

    @Test(arguments: [3, 16, -1]) func costOutOfRangeMakesNoHash(cost: Int) async {
        await #expect(throws: PasswordHashingFailed.self) { try await PasswordHasher(pepper: Secret("p"), cost: cost).hash("x") }
    }
}
