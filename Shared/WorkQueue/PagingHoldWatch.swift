import Contracts
import CoreMetrics
package import Logging
package import Postgres
package import PrometheusMetrics
package import ServiceKit

/// Tells of a hold wherever an operator looks: `/health`, `/metrics` and the log.
package struct PagingHoldWatch: Sendable {
    private let holds: PagingHolds
    private let database: any PostgresSession
    private let logger: Logger

    package init(_ holds: PagingHolds, database: any PostgresSession, metrics: PrometheusMetricsFactory, logger: Logger) {
        self.holds = holds
        self.database = database
        self.logger = logger
        metrics.describe("tocsin_paging_held", help: "1 while a restored system pages nobody until a person lifts the hold.")
        let gauge = Gauge(label: "tocsin_paging_held", factory: metrics)
        metrics.beforeScrape {
            // While the database is away the last word stands; /health says what is wrong.
            do { gauge.record(try await holds.latest(database)?.stands == true ? 1 : 0) } catch {}
        }
    }

    /// Degraded and not failing: the daemon does what it was told to, and alerts still have to come in.
    package var health: HealthCheck {
        HealthCheck("paging", affectsReadiness: false) { [holds, database] in
            do {
                guard let hold = try await holds.latest(database), hold.stands else { return .ok }
                return .degraded("\(PagingHolds.word): \(hold.reason.rawValue); an admin lifts it with tocsin paging release")
            } catch {
                return .degraded("not known")
            }
        }
    }

    /// For the start, after the migrations.
    package func announce() async throws {
        guard let hold = try await holds.latest(database), hold.stands else { return }
        logger.warning("paging_held", metadata: ["paging.hold_id": "\(hold.id)", "paging.reason": "\(hold.reason.rawValue)"])
    }
}
