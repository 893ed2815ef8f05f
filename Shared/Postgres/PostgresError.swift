/// What went wrong with the database; its description never holds a value that was bound or stored.
///
/// PostgreSQL quotes values in many of its messages ("invalid input syntax for type uuid: …"), so the message is part of ``description`` only for the
/// classes of SQLSTATE that speak about the statement or the server. ``debugDescription`` has everything and must not be logged.
package struct PostgresError: Error, Sendable {
    package enum Kind: String, Sendable, Hashable {
        /// The server refused the statement; `sqlState` says why.
        case server
        /// The connection broke while a statement was on it: whether that statement took effect is not known.
        case connectionLost = "connection_lost"
        /// No connection could be made.
        case unreachable
        /// The client's deadline passed: whether the statement took effect is not known.
        case deadline
        /// Nobody gave a connection back in time.
        case poolTimeout = "pool_timeout"
        /// The pool or the connection is closed.
        case closed
        /// `one` or `value` met no row.
        case noRow = "no_row"
        /// A value could not be bound (NUL in a text) or too many were.
        case invalidValue = "invalid_value"
        /// A column is missing or holds something else than was asked for.
        case decoding
        /// COMMIT answered ROLLBACK, because a statement before it had failed and its error was swallowed.
        case transactionAborted = "transaction_aborted"
        /// The connection was found dead before anything was sent; the pool takes another one.
        case staleConnection = "stale_connection"
    }

    package let kind: Kind
    /// Five characters (PostgreSQL Appendix A), when the server spoke.
    package let sqlState: String?
    /// The violated constraint's name.
    package let constraint: String?
    /// The statement's name, as `ScheduleStore.find`.
    package internal(set) var statement: StatementName?
    /// What it is about in words of the program: a column, a type, a lane. Never a value.
    private let subject: String?
    /// May hold values.
    private let detail: String

    init(_ kind: Kind, sqlState: String? = nil, constraint: String? = nil, subject: String? = nil, detail: String = "") {
        self.kind = kind
        self.sqlState = sqlState
        self.constraint = constraint
        self.subject = subject
        self.detail = detail
    }

    func messageMentions(_ words: String) -> Bool {
        detail.contains(words)
    }

    static func noRow(_ statement: StatementName) -> PostgresError {
        var error = PostgresError(.noRow)
        error.statement = statement
        return error
    }

    static func noColumn(_ column: String) -> PostgresError {
        PostgresError(.decoding, subject: "no column \(column)")
    }

    static func decoding(_ column: String, _ type: any Any.Type, _ text: String?) -> PostgresError {
        PostgresError(.decoding, subject: "column \(column) as \(type)", detail: text ?? "NULL")
    }
}

extension PostgresError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        var text = kind.rawValue
        if let sqlState { text += " \(sqlState)" }
        if let constraint { text += " on \(constraint)" }
        if let statement { text += " in \(statement)" }
        if let subject { text += ": \(subject)" }
        if messageIsAboutCode { text += ": \(detail.split(separator: "\n").first ?? "")" }
        return text
    }

    package var debugDescription: String {
        detail.isEmpty ? description : "\(description) [\(detail)]"
    }

    /// Classes 08, 0A, 25, 26, 28, 3D, 40, 42, 53, 55, 57 and 58 name objects, settings and hosts, not data.
    private var messageIsAboutCode: Bool {
        guard let sqlState, !detail.isEmpty else { return kind == .unreachable && !detail.isEmpty }
        return ["08", "0A", "25", "26", "28", "3D", "40", "42", "53", "55", "57", "58"].contains(sqlState.prefix(2))
    }
}
