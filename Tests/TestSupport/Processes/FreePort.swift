import Foundation
import Synchronization

/// Ports on loopback that nobody listens on, each given out once by this process.
///
/// They lie below those the system takes for outgoing connections (32768 and up on Linux): one of those can be taken by any connection between
/// our look and the server's start.
package enum FreePort {
    private static let range = 20_000..<32_000
    /// Where this process begins, so that two test runs seldom look at the same.
    private static let next = Mutex(Int.random(in: range))

    package static func take(_ count: Int = 1) throws -> [Int] {
        try (0..<count).map { _ in try one() }
    }

    private static func one() throws -> Int {
        for _ in range {
            let port = next.withLock { next in
                defer { next = next + 1 < range.upperBound ? next + 1 : range.lowerBound }
                return next
            }
            if isFree(port) { return port }
        }
        throw ToolFailure("no free port on loopback")
    }

    private static func isFree(_ port: Int) -> Bool {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(handle) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(handle, generic, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
