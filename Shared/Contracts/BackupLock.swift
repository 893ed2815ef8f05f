/// The advisory lock that `tocsin backup` holds while its snapshot is open, by which the watch over old snapshots tells it from a forgotten session.
package enum BackupLock {
    /// What PostgreSQL's `hashtextextended(…, 0)` makes the key of.
    package static let name = "tocsin backup"
}
