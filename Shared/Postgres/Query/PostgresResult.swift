import CPostgres

/// The answer to one statement.
///
/// `@unchecked`: the pointer is set once and only read afterwards. "PGresult objects are normally read-only after creation, and so can be passed around
/// freely between threads" (libpq, "Behavior in Threaded Programs"); it is freed once, when the last row that refers to it is gone.
package final class PostgresResult: @unchecked Sendable {
    private let pointer: OpaquePointer
    let columns: [String: Int32]
    let firstColumn: String
    package let affectedRows: Int
    /// What the server says it did, as `INSERT 0 1`, `COMMIT` or `ROLLBACK`.
    let commandTag: String

    /// - Parameter pointer: A `PGresult`, which this object frees.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
        var columns: [String: Int32] = [:]
        let count = PQnfields(pointer)
        for index in (0..<count).reversed() {
            columns[PQfname(pointer, index).map { String(cString: $0) } ?? ""] = index
        }
        self.columns = columns
        firstColumn = count > 0 ? PQfname(pointer, 0).map { String(cString: $0) } ?? "" : ""
        affectedRows = PQcmdTuples(pointer).flatMap { Int(String(cString: $0)) } ?? 0
        commandTag = PQcmdStatus(pointer).map { String(cString: $0) } ?? ""
    }

    deinit { PQclear(pointer) }

    package var rows: [PostgresRow] {
        (0..<Int(PQntuples(pointer))).map { PostgresRow(result: self, index: $0) }
    }

    package var firstRow: PostgresRow? {
        PQntuples(pointer) > 0 ? PostgresRow(result: self, index: 0) : nil
    }

    func text(row: Int, column: Int32) -> String? {
        let row = Int32(truncatingIfNeeded: row)
        guard PQgetisnull(pointer, row, column) == 0, let start = PQgetvalue(pointer, row, column) else { return nil }
        let length = Int(PQgetlength(pointer, row, column))
        return start.withMemoryRebound(to: UInt8.self, capacity: length) {
            String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
        }
    }
}
