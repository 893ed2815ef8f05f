package import Foundation

/// A PostgreSQL of one test that keeps its promises (fsync on) and may be crashed: for suites whose subject is durability.
package struct DurableCluster: Sendable {
    package let folder: String
    package let port: Int
    let password: String

    /// Starts one on a free loopback port, with the suite's database, schemas and roles.
    package static func start() async throws -> DurableCluster {
        let cluster = DurableCluster(
            folder: try await Shell.require("mktemp -d /tmp/tocsin-durable.XXXXXX").trimmingCharacters(in: .whitespacesAndNewlines),
            port: try FreePort.take(1)[0], password: UUID().uuidString.replacing("-", with: "")
        )
        try await Shell.require(preamble + initialise, [cluster.folder, "\(cluster.port)", cluster.password])
        try await Shell.require(preamble + watchdog, [cluster.folder, "\(getpid())"])
        try await cluster.startServer()
        try await cluster.sql("CREATE DATABASE tocsin", database: "postgres")
        let layout = Self.root.appending(path: "Shared/Postgres/Layout/roles.sql").path
        try await Shell.require(
            #"PGPASSWORD=$2 psql -h 127.0.0.1 -p "$1" -U postgres -d tocsin -v ON_ERROR_STOP=1 -q -f "$3""#,
            ["\(cluster.port)", cluster.password, layout]
        )
        for schema in ["alerting", "incident", "oncall", "notification"] {
            try await cluster.sql("ALTER ROLE tocsin_\(schema) LOGIN PASSWORD '\(cluster.password)'")
        }
        return cluster
    }

    /// The repository, found from this file.
    package static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// - Parameter other: A second server, of which libpq takes the one that can be written to.
    package func url(schema: String, or other: DurableCluster? = nil) -> String {
        let hosts = ([self] + [other].compactMap { $0 }).map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
        return "postgresql://tocsin_\(schema):\(password)@\(hosts)/tocsin?target_session_attrs=read-write"
    }

    /// Lines of unaligned output; through a file, because a pipe holds only 64 KB.
    @discardableResult
    package func sql(_ statement: String, database: String = "tocsin") async throws -> [String] {
        let answer = URL(filePath: "\(folder)/answer-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: answer) }
        try await Shell.require(
            #"PGPASSWORD=$2 psql -h 127.0.0.1 -p "$1" -U postgres -d "$3" -v ON_ERROR_STOP=1 -qtA -o "$5" -c "$4""#,
            ["\(port)", password, database, statement, answer.path]
        )
        return try String(contentsOf: answer, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    package func startServer() async throws {
        try await Shell.require(
            Self.preamble + #"(detached $as "$bin/pg_ctl" -D "$1/data" -l "$1/server.log" -w -t 60 start >/dev/null 2>&1 </dev/null)"#,
            [folder])
    }

    /// As a power cut: no checkpoint, no farewell to the clients.
    package func crash() async throws {
        try await Shell.require(Self.preamble + #"$as "$bin/pg_ctl" -D "$1/data" -m immediate -w stop >/dev/null 2>&1"#, [folder])
    }

    package func remove() async {
        try? await crash()
        _ = try? await Shell.run(#"rm -rf "$1""#, [folder])
    }

    /// PostgreSQL refuses to run as root.
    static let preamble = """
        set -eu
        cd /
        bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | sort -V | tail -1)")
        as=
        if [ "$(id -u)" = 0 ]; then as='runuser -u postgres --'; fi

        """

    /// Cleans up when the test's process is gone, however it went; ``remove()`` makes it pointless and it ends.
    static let watchdog = """
        (detached setsid sh -c '
            while kill -0 "$2" 2>/dev/null; do [ -d "$1" ] || exit 0; sleep 0.5; done
            $4 "$3/pg_ctl" -D "$1/data" -m immediate stop
            rm -rf "$1"
        ' watchdog "$1" "$2" "$bin" "$as" >/dev/null 2>&1 </dev/null) &
        """

    private static let initialise = """
        [ -z "$as" ] || chown postgres "$1"
        printf '%s' "$3" > "$1/password"
        chmod 0644 "$1/password"
        $as "$bin/initdb" -D "$1/data" -U postgres --pwfile="$1/password" --auth=scram-sha-256 -E UTF8 --locale=C >/dev/null
        cat >> "$1/data/postgresql.conf" <<END
        listen_addresses = '127.0.0.1'
        port = $2
        unix_socket_directories = '$1'
        max_connections = 200
        fsync = on
        synchronous_commit = on
        full_page_writes = on
        max_locks_per_transaction = 256
        client_connection_check_interval = 2s
        END
        """
}
