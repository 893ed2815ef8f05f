/// One thing a daemon needs, asked each time `/health` or `/readyz` is.
package struct HealthCheck: Sendable {
    package let name: String
    /// Whether a failure also takes the daemon out of rotation.
    package let affectsReadiness: Bool
    package let run: @Sendable () async -> HealthStatus

    package init(_ name: String, affectsReadiness: Bool = true, _ run: @escaping @Sendable () async -> HealthStatus) {
        self.name = name
        self.affectsReadiness = affectsReadiness
        self.run = run
    }
}

/// A failure makes `/health` and `/readyz` answer 503; a degradation is told but stays 200. Details are shown to anybody: no secrets, no names.
package enum HealthStatus: Sendable, Hashable {
    case ok
    case degraded(String)
    case fail(String)
}
