import Contracts
import Foundation
import Hummingbird
import ServiceKit

/// `/api/v1/oncall/handoff-notices/{team}`: whom the team tells of its hand-offs.
struct HandoffController: Sendable {
    let handoffs: HandoffStore
    let clock: any Clock

    func addRoutes(to routes: Routes) {
        routes.get("/api/v1/oncall/handoff-notices/{team}", .role(.viewer), use: find)
        routes.put("/api/v1/oncall/handoff-notices/{team}", .role(.responder), use: set)
    }

    @Sendable private func find(request: Request, context: CallContext) async throws -> JSONResponse<HandoffView> {
        let team = try context.parameter("team")
        return JSONResponse(HandoffView(team, try await handoffs.rule(of: team)))
    }

    @Sendable private func set(request: Request, context: CallContext) async throws -> JSONResponse<HandoffView> {
        let team = try context.parameter("team")
        let change = context.change(clock)
        var fields = FieldReader(try await request.jsonBody(context))
        let rule = fields.handoffRule(since: change.at)
        try fields.finish()
        try await handoffs.set(rule, team: team, change)
        return JSONResponse(HandoffView(team, rule))
    }
}

extension FieldReader {
    fileprivate mutating func handoffRule(since: Date) -> HandoffRule {
        if value("minutes_ahead") == nil { fault("minutes_ahead", "is required") }
        var minutes: [Int] = []
        for (index, item) in items("minutes_ahead", atMost: HandoffRule.mostLeads).enumerated() {
            if let number = item.integer, HandoffRule.leads.contains(number) {
                minutes.append(number)
            } else {
                let detail = "must be a whole number from 0 to \(HandoffRule.leads.upperBound)"
                absorb([FieldFault(pointer: "\(pointer("minutes_ahead"))/\(index)", detail: detail)])
            }
        }
        let audience = optionalChoice("notify", HandoffRule.Audience.self) ?? .both
        return HandoffRule(minutesAhead: minutes, audience: audience, since: since)
    }
}

private struct HandoffView: Encodable {
    let team: String
    let minutesAhead: [Int]
    let notify: HandoffRule.Audience

    init(_ team: String, _ rule: HandoffRule) {
        self.team = team
        minutesAhead = rule.minutesAhead
        notify = rule.audience
    }
}
