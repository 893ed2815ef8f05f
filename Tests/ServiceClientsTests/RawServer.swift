import Foundation
import Glibc
import Synchronization

/// A loopback server that answers with bytes of the test's choice, as no HTTP library would.
final class RawServer: Sendable {
    struct Failed: Error {}

    /// One accepted connection, after its request was read up to the empty line (or its first bytes, if it is no HTTP).
    struct Connection: Sendable {
        fileprivate let socket: Int32
        let request: Data

        var text: String { String(decoding: request, as: UTF8.self) }

        /// Sends all of it, or as much as the other side takes; true when all was taken.
        @discardableResult
        func answer(_ text: String) -> Bool {
            var rest = Data(text.utf8)
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard sent > 0 else { return false }
                rest = rest.dropFirst(sent)
            }
            return true
        }

        func close() { _ = shutdown(socket, Int32(SHUT_RDWR)) }
    }

    /// What the accepting thread shares with its server; it alone closes descriptors, so that none is closed while it still uses the number.
    private final class Books: Sendable {
        struct State {
            var requests: [Data] = []
            var sockets: [Int32] = []
        }

        let state = Mutex(State())
    }

    let port: Int
    private let listener: Int32
    private let books = Books()

    var requests: [Data] { books.state.withLock { $0.requests } }

    init(_ script: @escaping @Sendable (Connection) -> Void) throws {
        (listener, port) = try Self.listen()
        let listener = listener
        let books = books
        Thread {
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0 else { break }
                books.state.withLock { $0.sockets.append(socket) }
                let request = Self.readHead(socket)
                books.state.withLock { $0.requests.append(request) }
                script(Connection(socket: socket, request: request))
            }
            close(listener)
            for socket in books.state.withLock({ $0.sockets }) { close(socket) }
        }.start()
    }

    deinit {
        // The listener last: it ends the thread, which closes them all.
        for socket in books.state.withLock({ $0.sockets }) { shutdown(socket, Int32(SHUT_RDWR)) }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// A port nobody listens on at the moment.
    static func freePort() throws -> Int {
        let (socket, port) = try listen()
        close(socket)
        return port
    }

    private static func listen() throws -> (socket: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && Glibc.listen(listener, 16) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard listener >= 0, isBound else { throw Failed() }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    private static func readHead(_ socket: Int32) -> Data {
        var head = Data()
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !head.contains(Data("\r\n\r\n".utf8)), head.first != 0x16 {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            head += buffer[..<count]
        }
        return head
    }
}

extension Data {
    fileprivate func contains(_ other: Data) -> Bool { range(of: other) != nil }
}
