import CPostgres
import Foundation
import Synchronization

/// A `PGconn` and its only owner.
///
/// `@unchecked`: `pointer` is used by ``PostgresConnection``'s isolated methods and by the closing action of its executor, and both run on that executor's
/// one thread. The actor's deinit runs when no method can run any more, and only schedules the closing action there.
final class LibpqHandle: @unchecked Sendable {
    var pointer: OpaquePointer?
    /// The connection's socket while it is open, for ``interrupt()``, which comes from other threads.
    private let socket = Mutex<Int32?>(nil)
    /// Set when a statement was given up while the server still works on it.
    var needsCancel = false

    func rememberSocket() {
        let descriptor = pointer.map { PQsocket($0) }
        socket.withLock { $0 = descriptor }
    }

    /// Ends a wait for the server at once, from any thread, by shutting the socket down; the descriptor stays ours until ``finish()``.
    func interrupt() {
        socket.withLock { socket in
            if let socket, socket >= 0 { _ = shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Tells the server to stop what it is doing, when it may be doing something, and frees the connection.
    func finish() {
        guard let pointer else { return }
        self.pointer = nil
        socket.withLock { $0 = nil }
        if needsCancel, let cancel = PQgetCancel(pointer) {
            var problem = [CChar](repeating: 0, count: 256)
            _ = PQcancel(cancel, &problem, Int32(problem.count))
            PQfreeCancel(cancel)
        }
        PQfinish(pointer)
    }
}
