import Contracts
package import ServiceKit

extension IncidentError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .notFound: .notFound("incident")
        case .illegalTransition(let event, let from, let actor):
            .conflict(
                code: "illegal_transition",
                "cannot \(event) an incident that is \(from.rawValue)" + (actor.map { " (by \($0))" } ?? "")
            )
        case .reopenWindowOver:
            .conflict(code: "reopen_window_over", "the incident was resolved more than 30 minutes ago: declare a new one")
        case .versionMismatch: .preconditionFailed
        case .alreadyEscalated(let step, let at):
            .conflict(
                code: "already_escalated",
                "the incident escalated since the page you answer" + (at.map { ", at \($0.rfc3339)" } ?? "") + ": the next step is \(step)"
            )
        case .noSuchStep(let steps):
            .unprocessable(InvalidFields("/step", "must be from 0 to \(steps - 1)"))
        }
    }
}
