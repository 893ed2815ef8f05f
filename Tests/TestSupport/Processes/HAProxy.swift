import Foundation

/// A real haproxy on loopback before the replicas of a suite: one port a daemon, and only replicas whose `/readyz` is green behind it.
package struct HAProxy: Sendable {
    private let process: BackgroundProcess

    /// What one port leads to.
    package struct Backend: Sendable {
        let name: String
        let port: Int
        let servers: [Int]

        package init(_ name: String, port: Int, servers: [Int]) {
            self.name = name
            self.port = port
            self.servers = servers
        }
    }

    /// Its checks and time-outs are those of the documented file.
    package static func start(_ backends: [Backend], folder: String) async throws -> HAProxy {
        let documented = try String(contentsOf: DurableCluster.root.appending(path: "docs/scale-out/haproxy.cfg"), encoding: .utf8)
        let head = documented.prefix(upTo: documented.range(of: "\nfrontend ")?.lowerBound ?? documented.endIndex) + "\n"
        let parts = backends.map { backend in
            let servers = backend.servers.enumerated().map { "    server \(backend.name)-\($0 + 1) 127.0.0.1:\($1)\n" }.joined()
            return
                "frontend \(backend.name)\n    bind 127.0.0.1:\(backend.port)\n    default_backend \(backend.name)\nbackend \(backend.name)\n\(servers)"
        }
        let file = URL(filePath: "\(folder)/haproxy.cfg")
        try (head + parts.joined()).write(to: file, atomically: true, encoding: .utf8)
        try await Shell.require(#"PATH=$PATH:/usr/sbin haproxy -c -q -f "$1""#, [file.path])
        let proxy = HAProxy(process: BackgroundProcess(log: "\(folder)/haproxy.log"))
        try await proxy.process.start(["PATH=/usr/sbin:/usr/bin:/bin", "haproxy", "-db", "-f", file.path])
        return proxy
    }

    package func stop() { process.signal(SIGKILL) }
}
