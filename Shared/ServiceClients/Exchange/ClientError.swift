/// Why a call to another program failed, and whether the same call may do better later.
package struct ClientError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Reason: Sendable, Hashable {
        /// No connection, or it broke.
        case unreachable
        case timeout
        /// An answer other than 2xx.
        case refused(status: Int)
        /// A 2xx whose body is not what was agreed, or no HTTP at all.
        case badAnswer
        case answerTooLarge
        /// The call itself cannot be made: a bad path or header, or a body that does not encode.
        case invalidRequest
        case cancelled

        /// One word of a closed set, for metrics and logs.
        package var label: String {
            switch self {
            case .unreachable: "unreachable"
            case .timeout: "timeout"
            case .refused: "refused"
            case .badAnswer: "bad_answer"
            case .answerTooLarge: "answer_too_large"
            case .invalidRequest: "invalid_request"
            case .cancelled: "cancelled"
            }
        }
    }

    package let reason: Reason
    package let isRetryable: Bool
    /// How long the other side asked us to stay away; at most ``longestRetryAfter``.
    package let retryAfter: Duration?
    /// The `code` of its problem document (RFC 9457), if it sent one; a short word, never free text.
    package let code: String?

    /// What we believe of a `Retry-After`: an hour, so that one wrong header does not silence a peer for a day.
    package static let longestRetryAfter: Duration = .seconds(3600)

    package init(_ reason: Reason, isRetryable: Bool? = nil, retryAfter: Duration? = nil, code: String? = nil) {
        self.reason = reason
        self.isRetryable = isRetryable ?? reason.mayPass
        self.retryAfter = retryAfter
        self.code = code
    }

    package var status: Int? {
        guard case .refused(let status) = reason else { return nil }
        return status
    }

    /// Whether what was sent will never be taken, so that a message is given up for it.
    ///
    /// Narrower than "not retryable": a 401 while keys change, a 404 or a redirect while versions do, end by themselves, and a page must outlast them.
    package var isAboutContent: Bool {
        switch reason {
        case .refused(let status): [400, 413, 422].contains(status)
        case .invalidRequest: true
        case .unreachable, .timeout, .badAnswer, .answerTooLarge, .cancelled: false
        }
    }

    package var description: String {
        let status = status.map { " \($0)" } ?? ""
        return "call failed: \(reason.label)\(status)"
    }
}

extension ClientError.Reason {
    /// The rule of NOT-1: time-outs, 408, 425, 429 and what the other side could not do (5xx) may pass; other refusals will not.
    ///
    /// A bad answer counts as passing, because it usually comes from something in between while the other side restarts.
    fileprivate var mayPass: Bool {
        switch self {
        case .unreachable, .timeout, .badAnswer: true
        case .refused(let status): [408, 425, 429].contains(status) || (500...599).contains(status) && status != 501
        case .answerTooLarge, .invalidRequest, .cancelled: false
        }
    }
}
