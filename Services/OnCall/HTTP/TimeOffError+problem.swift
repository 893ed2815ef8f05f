import Contracts
import HTTPTypes
package import ServiceKit

extension TimeOffError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .noTimeOff: .notFound("time off")
        case .noFeed: .notFound("calendar feed")
        case .notTheirs:
            Problem(
                status: .forbidden, code: "not_your_absence",
                detail: "Only who is off, who entered it, somebody of its team or an admin takes it away.")
        case .noConflict:
            .conflict(
                code: "conflict_gone", "This is no conflict any more: it is covered, or somebody else is on call then. Read the list again."
            )
        case .coverBusy:
            .conflict(code: "cover_busy", "Whoever was to cover is on call or off at that time, or nobody of the roster is free.")
        case .coverDisabled:
            .conflict(
                code: "cover_disabled", "The account of whoever is to cover is disabled: enable it, or name somebody else.")
        case .tooManyHolidays:
            .conflict(
                code: "too_many_holidays",
                "The calendars tell of more than \(Holidays.most) holidays in that range: ask for a shorter one, or remove calendars.")
        case .noSecretsKey:
            .conflict(
                code: "secrets_key_missing",
                "Calendars by URL need SECRETS_KEY, under which the URL is encrypted. Set it for oncall-service, or upload the calendar.")
        case .unreadable(let reason):
            Problem(status: .unprocessableContent, code: "unreadable_calendar", detail: "The calendar cannot be read: \(reason).")
        }
    }
}
