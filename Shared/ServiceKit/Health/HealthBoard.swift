/// All checks of a daemon, run side by side.
struct HealthBoard: Sendable {
    private let probes: [HealthProbe]

    init(_ checks: [HealthCheck]) {
        probes = checks.map(HealthProbe.init)
    }

    func results(readinessOnly: Bool = false) async -> [String: HealthStatus] {
        await withTaskGroup(of: (String, HealthStatus).self) { group in
            for probe in probes where !readinessOnly || probe.check.affectsReadiness {
                group.addTask { (probe.check.name, await probe.answer()) }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}
