import Contracts
import Logging

extension Incident {
    /// Says that it was opened, under its own trace: a request that tells of alerts may tell of many.
    func logOpening(to logger: Logger) {
        var metadata: Logger.Metadata = ["incident.id": "\(id)", "incident.number": "\(number)"]
        if let trace {
            metadata["trace.id"] = "\(trace.traceID)"
            metadata["span.id"] = "\(trace.spanID)"
        }
        logger.info("incident opened", metadata: metadata)
    }
}
