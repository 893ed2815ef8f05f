package import Contracts
package import Foundation

/// One request's alerts on their way into a transaction.
package struct Submission: Sendable {
    package var alerts: [IncomingAlert]
    package var quarantined: [QuarantinedItem]
    package let integrationID: IntegrationID
    package let format: AlertFormat
    package let idempotency: IdempotencyClaim?

    package init(
        alerts: [IncomingAlert], quarantined: [QuarantinedItem] = [], integrationID: IntegrationID, format: AlertFormat,
        idempotency: IdempotencyClaim? = nil
    ) {
        self.alerts = alerts
        self.quarantined = quarantined
        self.integrationID = integrationID
        self.format = format
        self.idempotency = idempotency
    }
}

/// The sender's means of repeating a request safely (reliability ING-3).
package struct IdempotencyClaim: Hashable, Sendable {
    package let scope: String
    package let route: String
    package let key: String
    /// SHA-256 of the body.
    package let bodyDigest: Data

    package init(scope: String, route: String, key: String, bodyDigest: Data) {
        self.scope = scope
        self.route = route
        self.key = key
        self.bodyDigest = bodyDigest
    }

    /// What makes two requests twins, whatever their bodies are.
    package var identity: [String] { [scope, route, key] }
}

/// What became of a submission.
package enum SubmissionResult: Sendable, Hashable {
    case accepted([AcceptOutcome], quarantined: Int)
    /// Done before: answer this again.
    case replayed(status: Int, body: String)
    /// The key was used with another body.
    case keyReused
}
