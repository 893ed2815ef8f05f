import Foundation

/// `<daemon> healthcheck [path]`: asks the daemon on this machine, so that a container needs no curl for its HEALTHCHECK.
struct SelfCheck {
    /// In seconds. Docker's default timeout is 30 s; a daemon that needs longer than this to answer is not healthy.
    static let patience: UInt32 = 3

    let host: String
    let port: Int
    let path: String

    /// Nil unless the command line asks for a check.
    init?(_ arguments: [String], host: String, port: Int) {
        guard arguments.dropFirst().first == "healthcheck" else { return nil }
        self.host = ["0.0.0.0", "::", "localhost"].contains(host) ? "127.0.0.1" : host
        self.port = port
        path = arguments.dropFirst(2).first ?? "/readyz"
    }

    /// Whether the daemon answers 200.
    func run() -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        // SIGALRM ends the process, and any end but exit(0) is "unhealthy"; whatever hangs is bounded so, the connect too.
        alarm(Self.patience)
        guard connect(descriptor) else { return false }
        let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        guard send(descriptor, request, request.count, 0) == request.count else { return false }
        var answer = [UInt8](repeating: 0, count: 64)
        let length = recv(descriptor, &answer, answer.count, 0)
        return length > 0 && String(decoding: answer.prefix(length), as: UTF8.self).hasPrefix("HTTP/1.1 200 ")
    }

    private func connect(_ descriptor: Int32) -> Bool {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
        guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else { return false }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
