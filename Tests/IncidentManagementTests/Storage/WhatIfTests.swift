import Contracts
import Foundation
import IncidentManagement
import Logging
import Postgres
import Testing

@Suite struct WhatIfTests {
    struct Away: Error {}

    private static func run(
        _ rig: IncidentRig, asking ask: @escaping RecipientResolver.Ask, _ policy: EscalationPolicy = .standard
    ) async throws -> WhatIf.Result {
        let resolver = RecipientResolver(
            ask: ask, answers: OnCallAnswerStore(rig.database.workers), directory: rig.directory, fallback: .admins,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let whatIf = WhatIf(resolver: resolver, turns: RoundRobinStore(rig.database.workers)) { pages in
            pages.map { PagePreview(pageID: $0.pageID, deliveries: []) }
        }
        return try await whatIf.run(try Incident.example(policy: policy))
    }

    /// Each question that OnCall leaves open takes as long as a caller waits for it; a policy asks dozens.
    @Test func oneSilentAnswerOfOnCallEndsTheWhatIfAndSaysSo() async throws {
        try await IncidentRig.run { rig in
            let asked = Counted()
            let result = try await Self.run(rig) { _ in
                _ = asked.next()
                throw Away()
            }
            #expect(asked.next() == 2)
            #expect(!result.isComplete)
            #expect(result.moments.map(\.kind) == [.fallback])
        }
    }

    @Test func wholePathIsGoneThroughWhileOnCallAnswers() async throws {
        try await IncidentRig.run { rig in
            let result = try await Self.run(rig) { $0.answered([.carol]) }
            #expect(result.isComplete)
            #expect(result.moments.last?.kind == .exhausted)
            #expect(result.moments.count == 10)
        }
    }
}
