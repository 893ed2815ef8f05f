import Foundation
import IncidentManagement
import Testing

@Suite struct RefreshTokenTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)

    struct Case: Sendable {
        var usedAgo: TimeInterval?
        var usedBy = "laptop"
        var expiresIn: TimeInterval = 3600
        var isRevoked = false
        var ownerIsActive = true
        let decision: RefreshDecision
    }

    @Test(arguments: [
        Case(decision: .rotate),
        Case(usedAgo: 0, decision: .rotateAgain),
        Case(usedAgo: 10, decision: .rotateAgain),
        Case(usedAgo: 10.001, decision: .reused),
        Case(usedAgo: 1, usedBy: "thief", decision: .reused),
        Case(expiresIn: 0, decision: .expired),
        Case(isRevoked: true, decision: .revoked),
        Case(usedAgo: 3600, isRevoked: true, decision: .revoked),
        Case(ownerIsActive: false, decision: .disabled),
    ])
    func decisionCarriesTheReason(_ example: Case) {
        let token = RefreshToken(
            usedAt: example.usedAgo.map { Self.now.addingTimeInterval(-$0) }, usedBy: example.usedAgo == nil ? nil : example.usedBy,
            sessionExpiresAt: Self.now.addingTimeInterval(example.expiresIn), sessionRevokedAt: example.isRevoked ? Self.now : nil,
            ownerIsActive: example.ownerIsActive
        )
        #expect(token.decision(for: "laptop", at: Self.now) == example.decision)
    }
}
