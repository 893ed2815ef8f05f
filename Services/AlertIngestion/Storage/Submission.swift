package import Contracts
package import ServiceKit

/// One request's alerts on their way into a transaction.
package struct Submission: Sendable {
    package var alerts: [IncomingAlert]
    package var quarantined: [QuarantinedItem]
    package let integrationID: IntegrationID
    package let format: AlertFormat
    /// The sender's means of repeating the request safely (reliability ING-3).
    package let idempotency: RequestKey?

    package init(
        alerts: [IncomingAlert], quarantined: [QuarantinedItem] = [], integrationID: IntegrationID, format: AlertFormat,
        idempotency: RequestKey? = nil
    ) {
        self.alerts = alerts
        self.quarantined = quarantined
        self.integrationID = integrationID
        self.format = format
        self.idempotency = idempotency
    }
}

/// What became of a submission.
package enum SubmissionResult: Sendable, Hashable {
    case accepted([AcceptOutcome], quarantined: Int)
    /// Done before: answer this again.
    case replayed(status: Int, body: String)
    /// The key was used with another body.
    case keyReused
}
