import HTTPTypes
package import ServiceKit

extension NotificationError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .unknownNotification: .notFound("notification")
        case .unknownContactMethod: .notFound("contact method")
        case .unknownRule: .notFound("notification rule")
        case .freeAddressNeedsAdmin:
            Problem(
                status: .forbidden, code: "free_address_needs_admin",
                detail: "Only an administrator may notify an address of nobody's account.")
        case .notYours: .forbidden
        case .directoryUnavailable: .unavailable("The recipient cannot be looked up right now.")
        case .notRetryable(let state):
            .conflict(code: "not_retryable", "A notification that is \(NotificationView.word(for: state)) cannot be tried again.")
        case .duplicateContactMethod:
            .conflict(code: "duplicate_contact_method", "This contact method is there already, or there are \(ContactMethod.limit).")
        case .duplicateRule: .conflict(code: "duplicate_rule", "This rule is there already, or there are \(NotificationRule.limit).")
        case .idempotencyMismatch:
            Problem(
                status: .unprocessableContent, code: "idempotency_key_reused",
                detail: "This Idempotency-Key came with another body before.")
        }
    }
}
