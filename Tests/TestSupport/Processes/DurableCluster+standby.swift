import Foundation

extension DurableCluster {
    /// A standby by streaming replication that every commit of this cluster waits for from now on (`synchronous_standby_names`).
    ///
    /// The standby itself waits for nobody, so that it can be written to when it is promoted alone.
    package func standby() async throws -> DurableCluster {
        let other = DurableCluster(
            folder: try await Shell.require("mktemp -d /tmp/tocsin-standby.XXXXXX").trimmingCharacters(in: .whitespacesAndNewlines),
            port: try FreePort.take(1)[0], password: password
        )
        try await Shell.require(Self.preamble + Self.copy, [other.folder, "\(other.port)", password, "\(port)"])
        try await Shell.require(Self.preamble + Self.watchdog, [other.folder, "\(getpid())"])
        try await other.startServer()
        try await sql("ALTER SYSTEM SET synchronous_standby_names = 'FIRST 1 (standby)'")
        try await sql("SELECT pg_reload_conf()")
        try await eventually("commits wait for the standby") {
            try await sql("SELECT sync_state FROM pg_stat_replication WHERE application_name = 'standby'") == ["sync"]
        }
        return other
    }

    /// As a machine that loses its power: the postmaster is killed, its children follow.
    package func kill() async throws {
        try await Shell.require(#"kill -9 "$(head -1 "$1/data/postmaster.pid")""#, [folder])
    }

    /// Makes a standby the primary.
    package func promote() async throws {
        try await sql("SELECT pg_promote(true, 30)", database: "postgres")
    }

    private static let copy = """
        [ -z "$as" ] || chown postgres "$1"
        $as "$bin/pg_basebackup" -d "host=127.0.0.1 port=$4 user=postgres password=$3 application_name=standby" \\
            -D "$1/data" -R -X stream -c fast >/dev/null
        cat >> "$1/data/postgresql.conf" <<END
        port = $2
        unix_socket_directories = '$1'
        synchronous_standby_names = ''
        END
        """
}
