package import Foundation
package import ServiceKit

/// Removes what is past its time from one table, a bounded piece each run.
package protocol RetentionJob: Sendable {
    /// With its schema; the label of the metric.
    var table: String { get }
    var unit: RetentionUnit { get }
    func run(now: Date) async throws -> TickReport
}

package enum RetentionUnit: String, Sendable {
    case rows, partitions
}
