/// What an error means for the caller, for the transaction and for the connection.
extension PostgresError {
    /// Trying again later, unchanged, may succeed; HTTP answers 503.
    package var isTransient: Bool {
        switch kind {
        case .connectionLost, .unreachable, .deadline, .poolTimeout, .closed, .staleConnection: true
        case .noRow, .invalidValue, .decoding, .transactionAborted: false
        case .server: isTransientState
        }
    }

    /// A serialization failure or a deadlock: the transaction did nothing and may be run again at once.
    package var isRetryable: Bool {
        sqlState == "40001" || sqlState == "40P01"
    }

    package var isUniqueViolation: Bool { sqlState == "23505" }
    package var isForeignKeyViolation: Bool { sqlState == "23503" }
    package var isCheckViolation: Bool { sqlState == "23514" }
    /// `lock_timeout` passed, or NOWAIT met a lock.
    package var isLockTimeout: Bool { sqlState == "55P03" }

    /// Whether an error is a unique violation, of one constraint or of any.
    package static func isUniqueViolation(_ error: any Error, of constraint: String? = nil) -> Bool {
        guard let error = error as? PostgresError, error.isUniqueViolation else { return false }
        return constraint == nil || error.constraint == constraint
    }

    /// The server is going away, is read-only since a failover, or speaks out of step: the connection is of no more use (DBF-2).
    var dropsConnection: Bool {
        switch kind {
        case .connectionLost, .unreachable, .deadline, .closed, .staleConnection: true
        case .server: sqlState == "25006" || sqlState.map { $0.hasPrefix("57P0") || $0.hasPrefix("08") || $0 == "25P03" } ?? false
        default: false
        }
    }

    /// A prepared statement that the server has forgotten, or whose tables have changed under it.
    var isStalePlan: Bool {
        sqlState == "26000" || (sqlState == "0A000" && messageMentions("cached plan"))
    }

    /// 08 connection, 25006 read-only after a failover, 40 rollback, 53 resources, 55P03 lock, 57 intervention and time-outs, 58 system.
    private var isTransientState: Bool {
        guard let sqlState else { return false }
        return sqlState == "25006" || sqlState == "25P03" || sqlState == "55P03"
            || ["08", "40", "53", "57", "58"].contains(sqlState.prefix(2)) || isStalePlan
    }
}
