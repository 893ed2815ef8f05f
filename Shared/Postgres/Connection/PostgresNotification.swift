import CPostgres

/// What a NOTIFY carried.
struct PostgresNotification: Sendable, Hashable {
    let channel: String
    let payload: String
    /// The backend that notified.
    let sender: Int32

    init(copying notification: UnsafeMutablePointer<PGnotify>) {
        channel = notification.pointee.relname.map { String(cString: $0) } ?? ""
        payload = notification.pointee.extra.map { String(cString: $0) } ?? ""
        sender = notification.pointee.be_pid
    }
}
