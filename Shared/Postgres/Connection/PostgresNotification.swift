import CPostgres

/// What a NOTIFY carried.
struct PostgresNotification: Sendable, Hashable {
    let channel: String
    let payload: String

    init(copying notification: UnsafeMutablePointer<PGnotify>) {
        channel = notification.pointee.relname.map { String(cString: $0) } ?? ""
        payload = notification.pointee.extra.map { String(cString: $0) } ?? ""
    }
}
