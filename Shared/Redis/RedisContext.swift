import CHiredis
import Foundation

/// A `redisContext` and its only owner; part of one ``RedisConnection``, and freed with it.
final class RedisContext {
    let pointer: UnsafeMutablePointer<redisContext>

    /// Begins to connect, without waiting; nil when there is no memory or the name of the host is not known.
    init?(host: String, port: Int) {
        guard let pointer = redisConnectNonBlock(host, Int32(truncatingIfNeeded: port)) else { return nil }
        self.pointer = pointer
        guard pointer.pointee.err == 0 else { return nil }
    }

    deinit { redisFree(pointer) }

    var socket: Int32 { pointer.pointee.fd }

    /// Whether the connect that was waited for has succeeded.
    var isConnected: Bool {
        var fault: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(socket, SOL_SOCKET, SO_ERROR, &fault, &size) == 0 && fault == 0
    }

    /// Puts a command into the output buffer.
    func append(_ words: [Data]) -> Bool {
        let lengths = words.map(\.count)
        let bytes = words.flatMap { $0.map { CChar(bitPattern: $0) } }
        return bytes.withUnsafeBufferPointer { buffer in
            var offset = 0
            var starts = lengths.map { length in
                defer { offset += length }
                return buffer.baseAddress?.advanced(by: offset)
            }
            return redisAppendCommandArgv(pointer, Int32(words.count), &starts, lengths) == REDIS_OK
        }
    }
}
