package import Auth
package import ServiceClients

/// What a webhook receiver's status means (reliability NOT-1).
package enum WebhookVerdict {
    package static func result(status: Int, retryAfter: Duration? = nil) -> ChannelResult {
        switch status {
        case 200..<300: .accepted(.webhookAccepted)
        case 300..<400: .permanent(.redirected)
        case 401, 403: .permanent(.unauthorized)
        case 408, 425: .temporary(.tryLater, retryAfter: retryAfter)
        case 410: .permanent(.gone)
        case 429: .temporary(.rateLimited, retryAfter: retryAfter)
        case 400..<500: .permanent(.clientError)
        default: .temporary(.serverError, retryAfter: retryAfter)
        }
    }
}

extension WebhookVerdict {
    /// What a call without an answer means.
    package static func result(of error: EgressError) -> ChannelResult {
        switch error {
        case .malformed: .permanent(.invalidAddress)
        case .addressNotAllowed: .permanent(.addressNotAllowed)
        case .unresolvable: .temporary(.connectionFailed)
        case .failed(let failure): result(of: failure)
        }
    }

    /// What a signing secret that cannot be read means: in the middle of a rotation another replica can.
    package static func result(of fault: SealFault) -> ChannelResult {
        switch fault {
        case .unknownKey: .temporary(.secretKeyUnknown)
        case .broken: .permanent(.secretBroken)
        }
    }

    private static func result(of failure: ClientError) -> ChannelResult {
        switch failure.reason {
        case .timeout: .temporary(.timeout)
        case .unreachable: .temporary(.connectionFailed)
        case .cancelled: .temporary(.interrupted)
        case .refused(let status): result(status: status, retryAfter: failure.retryAfter)
        // The answer was not to be understood or too long: whether it took the message is unknown, and its id is the same next time.
        case .badAnswer, .answerTooLarge: .temporary(.serverError)
        case .invalidRequest: .permanent(.clientError)
        }
    }
}
