import Foundation

/// The body of `/health`, `/livez` and `/readyz`.
struct HealthReport: Encodable, Sendable {
    struct Check: Encodable, Sendable {
        let status: String
        let detail: String?
    }

    let status: String
    let service: String
    let version: String
    let timestamp: Date
    let checks: [String: Check]

    init(_ results: [String: HealthStatus], service: String, now: Date) {
        status = Self.worst(of: results.values)
        self.service = service
        version = ServiceVersion.current
        timestamp = now
        checks = results.mapValues(Check.init)
    }

    var isFailing: Bool { status == "fail" }

    private static func worst(of results: some Collection<HealthStatus>) -> String {
        let words = results.map { Check($0).status }
        return words.contains("fail") ? "fail" : words.contains("degraded") ? "degraded" : "ok"
    }
}

extension HealthReport.Check {
    init(_ status: HealthStatus) {
        switch status {
        case .ok: self.init(status: "ok", detail: nil)
        case .degraded(let detail): self.init(status: "degraded", detail: detail)
        case .fail(let detail): self.init(status: "fail", detail: detail)
        }
    }
}
