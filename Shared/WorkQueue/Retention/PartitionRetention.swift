package import Foundation
package import ServiceKit

/// Keeps a table's partitions: makes those to come, drops those past their time.
package struct PartitionRetention: RetentionJob {
    package let unit = RetentionUnit.partitions
    private let partitions: TimePartitions
    private let keep: TimeInterval?

    /// - Parameter keep: nil keeps them for ever; new ones are made all the same.
    package init(_ partitions: TimePartitions, keep: TimeInterval?) {
        self.partitions = partitions
        self.keep = keep
    }

    package var table: String { partitions.table }

    package func run(now: Date) async throws -> TickReport {
        _ = try await partitions.makeAhead(now: now)
        guard let keep else { return .idle }
        return TickReport(handled: try await partitions.drop(before: now.addingTimeInterval(-keep)))
    }
}
