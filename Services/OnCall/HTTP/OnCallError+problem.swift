import Contracts
import HTTPTypes
package import ServiceKit

extension OnCallError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .unknownTeam: .notFound("team")
        case .noSchedule: Problem(status: .notFound, code: "no_schedule", detail: "This team has no schedule.")
        case .noOverride: Problem(status: .notFound, code: "no_override", detail: "This team has no override in force.")
        case .teamExists: .conflict(code: "team_exists", "There is a team of this name already.")
        case .noPrimary: .badRequest(code: "no_primary", "At least one member must have the role primary.")
        case .unknownMember: .unprocessable(InvalidFields("/remove_members", "names somebody who is not a member"))
        case .tooManyMembers: .unprocessable(InvalidFields("/add_members", "makes more than \(Schedule.mostMembers) members"))
        case .versionMoved: .preconditionFailed
        }
    }
}
