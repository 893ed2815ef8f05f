import Foundation

/// Ports on loopback that nobody listens on right now.
package enum FreePort {
    /// Reserves `count` different ports: all are bound at the same time and then let go.
    package static func take(_ count: Int) throws -> [Int] {
        var sockets: [Int32] = []
        defer { for socket in sockets { close(socket) } }
        return try (0..<count).map { _ in
            let (socket, port) = try bound()
            sockets.append(socket)
            return port
        }
    }

    private static func bound() throws -> (socket: Int32, port: Int) {
        let handle = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(handle, generic, size) == 0 && getsockname(handle, generic, &size) == 0
            }
        }
        guard result else {
            close(handle)
            throw ToolFailure("no free port on loopback")
        }
        return (handle, Int(UInt16(bigEndian: address.sin_port)))
    }
}
