import Contracts
import HTTPTypes
package import ServiceKit

extension OnCallError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .unknownTeam: .notFound("team")
        case .noSchedule: Problem(status: .notFound, code: "no_schedule", detail: "This team has no schedule.")
        case .noOverride: Problem(status: .notFound, code: "no_override", detail: "This team has no override in force.")
        case .overrideConflict: .conflict(code: "override_conflict", "An override of the same time already speaks of one of these people.")
        case .temporaryConflict: .conflict(code: "temporary_schedule_conflict", "A temporary schedule already covers part of this time.")
        case .noTemporary: .notFound("temporary schedule")
        case .tooMuchAhead: .conflict(code: "too_many_planned", "This team has as much planned ahead as it may.")
        case .hasLayers:
            .conflict(
                code: "schedule_has_layers", "This schedule has layers: send `layers` whole, or replace it with POST /api/v1/schedules.")
        case .teamExists: .conflict(code: "team_exists", "There is a team of this name already.")
        case .noPrimary: .badRequest(code: "no_primary", "At least one member must have the role primary.")
        case .unknownMember: .unprocessable(InvalidFields("/remove_members", "names somebody who is not a member"))
        case .tooManyMembers: .unprocessable(InvalidFields("/add_members", "makes more than \(Schedule.mostMembers) members"))
        case .keyReused:
            Problem(
                status: .unprocessableContent, code: "idempotency_key_reused",
                detail: "This Idempotency-Key came with another body before.")
        case .versionMoved: .preconditionFailed
        }
    }
}
