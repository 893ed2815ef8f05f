import Postgres
import WorkQueue

/// A row of `incident.job`, the least of a table that can be leased; for what is true of every ``LeasedTable``.
struct Job: Sendable {
    let id: Int64
    let kind: String
    let lease: Lease

    static let columns = "id, kind"

    /// Its index begins with the column of the claim's condition and then the due column.
    static let table = """
        CREATE TABLE incident.job (
          id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          lane   text COLLATE "C" NOT NULL,
          kind   text COLLATE "C" NOT NULL,
          run_at timestamptz NOT NULL,
          \(WorkQueueSchema.leaseColumns)
        ) WITH (fillfactor = 45);
        CREATE INDEX job_ready ON incident.job (lane, run_at, id);
        """

    init(_ leased: LeasedRow) throws {
        id = try leased.row("id")
        kind = try leased.row("kind")
        lease = leased.lease
    }
}
