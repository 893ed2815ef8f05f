/// Why a daemon's schema is not the one it needs.
package enum MigrationError: Error, Sendable, CustomStringConvertible {
    /// Two migrations with one version, or a file that is not named `V0001_….sql`.
    case malformed(version: Int, name: String)
    /// An applied migration was edited afterwards.
    case changed(version: Int, name: String)
    /// One was added below the newest applied one.
    case outOfOrder(version: Int, name: String, applied: Int)
    /// The database is ahead, by a step that this binary cannot live with.
    case newerBreaking(version: Int, name: String, known: Int)
    /// Its text has a COMMIT or ROLLBACK of its own.
    case endsTransaction(version: Int, name: String)
    case failed(version: Int, name: String, PostgresError)

    package var description: String {
        switch self {
        case .malformed(let version, let name):
            "migration \(version) \(name) has no version of its own: name it V0001_what_it_does.sql"
        case .changed(let version, let name):
            "migration \(version) \(name) was changed after it had been applied: add a new one instead"
        case .outOfOrder(let version, let name, let applied):
            "migration \(version) \(name) comes after \(applied) has been applied: give it a higher version"
        case .newerBreaking(let version, let name, let known):
            "the database has migration \(version) \(name), which is marked breaking; this program knows \(known) and must be upgraded"
        case .endsTransaction(let version, let name):
            "migration \(version) \(name) ends the transaction it is given: leave COMMIT and ROLLBACK out"
        case .failed(let version, let name, let error):
            "migration \(version) \(name) failed: \(error.description)"
        }
    }
}
