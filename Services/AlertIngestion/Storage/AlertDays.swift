import Contracts
import Foundation
import Postgres
import WorkQueue

/// Alerts by the day in which they were made, which is a partition of `alerting.alert`.
///
/// The bounds of the day are in the text of a statement, not bound: a plan that is made without knowing its values opens and locks the partitions of
/// all days (400 of them: 1,640 locks and 10 ms), and pruning while it runs comes after the locks. They are the program's own and change once a day.
struct AlertDays<Item> {
    let days: [(isWithin: SQL, items: [Item])]

    /// The oldest day first.
    init(_ items: [Item], id: (Item) -> AlertID) {
        let byDay = Dictionary(grouping: items) { PartitionSpan.day.start(of: id($0).rawValue.version7Date) }
        days = byDay.sorted { $0.key < $1.key }.map { (isWithin: Self.isWithin($0.key), items: $0.value) }
    }

    private static func isWithin(_ start: Date) -> SQL {
        let end = PartitionSpan.day.start(of: start, offset: 1)
        return "a.id >= '\(unsafeSQL: UUID.floor(at: start).uuidString)' AND a.id < '\(unsafeSQL: UUID.floor(at: end).uuidString)'"
    }
}

extension PostgresSession {
    /// The records of these alerts, as far as they are kept.
    func alerts(_ ids: [AlertID]) async throws -> [StoredAlert] {
        var alerts: [StoredAlert] = []
        for (isWithin, those) in AlertDays(ids, id: \.self).days {
            alerts += try await all(
                StoredAlert.self, "\(fragment: StoredAlert.select) WHERE a.id = ANY (\(those)::uuid[]) AND \(fragment: isWithin)")
        }
        return alerts
    }
}

extension UUID {
    /// When a UUIDv7 was made, to the millisecond.
    fileprivate var version7Date: Date {
        let bytes = [uuid.0, uuid.1, uuid.2, uuid.3, uuid.4, uuid.5]
        return Date(timeIntervalSince1970: Double(bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }) / 1000)
    }
}
