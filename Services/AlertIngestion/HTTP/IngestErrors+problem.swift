import Contracts
import HTTPTypes
package import ServiceKit

extension IngestOverload: ProblemConvertible {
    /// 503 and not 429, because Alertmanager gives an alert up on any 4xx (interop §1.0).
    package var problem: Problem {
        switch reason {
        case .queueFull, .waitedTooLong, .contention: .unavailable("Too many alerts are being accepted right now.", retryAfter: .seconds(1))
        case .stopping: .unavailable("The service is stopping.", retryAfter: .seconds(1))
        // Somebody has to change a setting first.
        case .notDurable:
            Problem(
                status: .serviceUnavailable, code: "database_not_durable",
                detail: "The database may lose what it confirms; no alert is accepted until it keeps them.", headers: [.retryAfter: "5"])
        }
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
