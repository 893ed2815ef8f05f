import Contracts
import HTTPTypes
package import ServiceKit

extension IngestOverload: ProblemConvertible {
    /// 503 and not 429, because Alertmanager gives an alert up on any 4xx (interop §1.0).
    package var problem: Problem {
        .unavailable(
            reason == .stopping ? "The service is stopping." : "Too many alerts are being accepted right now.", retryAfter: .seconds(1))
    }
}

extension TooManyAlerts: ProblemConvertible {
    package var problem: Problem {
        Problem(
            status: .contentTooLarge, code: "too_many_alerts", detail: "A request may carry at most \(AlertLimits.batch) alerts.")
    }
}

extension IntegrationError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .nameTaken: .conflict(code: "name_taken", "There is an integration of that name.")
        }
    }
}
