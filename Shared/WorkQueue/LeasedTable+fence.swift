import CoreMetrics
import Foundation
import Postgres

extension LeasedTable {
    /// The leases as a row source `held (key, fence)`.
    func held(_ leases: [Lease]) -> SQL {
        "unnest(\(leases.map(\.key))::text[], \(leases.map(\.fence))::bigint[]) AS held (key, fence)"
    }

    /// Joins the table as `t` to `held`: the fence is the latest and the lease has not been given up.
    var isHeld: SQL {
        """
        t.\(unsafeSQL: key) = held.key::\(unsafeSQL: keyType.rawValue) AND t.fence = held.fence AND t.lease_until IS NOT NULL
        """
    }

    func count(done: Int, of all: Int, as counter: Counter?) {
        counter?.increment(by: Int64(done))
        counters?.stale.increment(by: Int64(all - done))
    }

    /// A reason as it may be stored: without NUL (PostgreSQL has none) and short, because neighbours write it.
    static func stored(reason: String) -> String {
        let clean = reason.unicodeScalars.filter { $0 != "\0" }
        var text = String(String.UnicodeScalarView(clean))
        while text.utf8.count > reasonLimit { text = String(text.prefix(text.count / 2)) }
        return text
    }
}
