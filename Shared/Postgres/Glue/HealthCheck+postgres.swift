package import ServiceKit

extension HealthCheck {
    /// Fails when the database does not answer, cannot be written to, or may lose what it has confirmed (ING-2), naming the setting.
    ///
    /// Degraded, not failed, while all connections are busy with statements that do get answers: taking the daemon out would not help.
    package static func postgres(_ database: PostgresDatabase) -> HealthCheck {
        HealthCheck("postgres") {
            do {
                let durability = try await database.durability(on: database.api)
                let faults = durability.faults(requiresDurability: database.configuration.requiresDurability)
                return faults.isEmpty ? .ok : .fail(faults.joined(separator: ", "))
            } catch let error as PostgresError where error.kind == .poolTimeout && database.hasAnsweredLately {
                return .degraded("all connections are busy")
            } catch let error as PostgresError {
                return .fail(error.sqlState.map { "\(error.kind.rawValue) \($0)" } ?? error.kind.rawValue)
            } catch {
                return .fail("cancelled")
            }
        }
    }
}
