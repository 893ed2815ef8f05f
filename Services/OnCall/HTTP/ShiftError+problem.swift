import Contracts
import HTTPTypes
package import ServiceKit

extension ShiftError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .unknownRequest: .notFound("shift request")
        case .accountRequired:
            Problem(
                status: .forbidden, code: "account_required",
                detail: "Only somebody with an account can be on call: sign in as a person.")
        case .notOnCall:
            .conflict(code: "not_on_call", "The schedule has no shift of that person in that time.")
        case .nothingToTake:
            .conflict(code: "nothing_to_take", "Nobody else is on call in that time; an override of the kind add puts you on call.")
        case .withoutEffect:
            .conflict(code: "handover_without_effect", "A temporary schedule or another override decides who is on call in that time.")
        case .inAnotherRole(let role):
            .conflict(
                code: "on_call_already",
                "Whoever is to take these shifts is \(role.rawValue) of the team at that time already, in somebody's place.")
        case .takerDisabled:
            .conflict(
                code: "taker_disabled",
                "The account of whoever is to take these shifts is disabled: enable it, or withdraw the request and ask somebody else.")
        case .notTheirs:
            Problem(
                status: .forbidden, code: "not_your_request",
                detail: "Only who is asked answers a request, and only who asked takes it back.")
        case .decided(let state, let by):
            .conflict(code: "request_decided", "This request is \(state.rawValue) already" + (by.map { " (by \($0))." } ?? "."))
        case .expired: .conflict(code: "request_expired", "The time of these shifts has come; set an override or take the shift.")
        case .void: .conflict(code: "request_void", "The schedule has changed: these shifts are not theirs any more.")
        case .moving: .unavailable("The schedule is changing right now.")
        }
    }
}

extension CalendarError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .unknown: .notFound("calendar")
        case .tooMany:
            .conflict(code: "too_many_calendars", "You have \(ShiftCalendar.mostOfOwner) calendars; revoke one that nobody reads.")
        }
    }
}

extension ResponderDirectory.Unavailable: ProblemConvertible {
    var problem: Problem { .unavailable("Accounts cannot be looked up right now.") }
}
