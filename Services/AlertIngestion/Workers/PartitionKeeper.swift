package import Foundation
package import ServiceKit

/// Makes the days of the alert table ahead and drops those past retention.
package struct PartitionKeeper: Worker {
    package let name = "alert-partitions"
    private let partitions: AlertPartitions
    private let retention: TimeInterval

    /// - Parameter retentionDays: 0 keeps alerts for ever.
    package init(_ partitions: AlertPartitions, retentionDays: Int) {
        self.partitions = partitions
        retention = TimeInterval(retentionDays) * 86_400
    }

    package func tick(now: Date) async throws -> TickReport {
        let made = try await partitions.makeAhead(now: now)
        let dropped = retention > 0 ? try await partitions.drop(before: now.addingTimeInterval(-retention)) : 0
        return TickReport(handled: made + dropped)
    }
}
