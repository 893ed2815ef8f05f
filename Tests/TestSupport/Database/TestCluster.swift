import Foundation

/// A private PostgreSQL for this test run: in a temporary folder, on a unix socket and a free loopback port, gone when the process is.
enum TestCluster {
    /// Starts it.
    ///
    /// - Throws: ``TestDatabaseFailure`` when there is no PostgreSQL on this machine or it does not start.
    static func start() async throws -> TestServer {
        guard let binaries = binaries() else {
            throw TestDatabaseFailure("no PostgreSQL: apt-get install postgresql, or set TOCSIN_TEST_DATABASE_URL")
        }
        let password = UUID().uuidString.replacing("-", with: "")
        var failure = ""
        // The port is free when chosen and may be taken before it is used.
        for _ in 0..<3 {
            let port = try FreePort.take(1)[0]
            let outcome = try await Shell.run(script, [binaries, "\(port)", password, "\(getpid())"])
            if outcome.status == 0, let folder = outcome.output.split(separator: "\n").last {
                return TestServer(
                    authority: "", query: "host=\(folder)&port=\(port)", tcpAuthority: "127.0.0.1:\(port)", superuser: "postgres",
                    superuserPassword: password, rolePassword: password
                )
            }
            failure = outcome.output
        }
        throw TestDatabaseFailure("PostgreSQL did not start: \(failure.suffix(2000))")
    }

    /// Arguments: folder of the binaries, port, password, process to outlive by a second at most.
    ///
    /// The watchdog is a session of its own, so that it survives Ctrl-C and a crash of the tests, and cleans up.
    private static let script = """
        set -eu
        bin=$1 port=$2 password=$3 parent=$4
        cd /
        dir=$(mktemp -d /tmp/tocsin-test-pg.XXXXXX)
        as=
        if [ "$(id -u)" = 0 ]; then chown postgres "$dir"; as='runuser -u postgres --'; fi
        (detached setsid sh -c '
            trap "" INT HUP TERM
            while kill -0 "$1" 2>/dev/null; do sleep 0.5; done
            $4 "$2/pg_ctl" -D "$3/data" -m immediate -w stop
            rm -rf "$3"
        ' watchdog "$parent" "$bin" "$dir" "$as" </dev/null >/dev/null 2>&1) &
        printf '%s' "$password" > "$dir/password"
        chmod 0644 "$dir/password"
        $as "$bin/initdb" -D "$dir/data" -U postgres --pwfile="$dir/password" --auth-local=trust --auth-host=scram-sha-256 \\
            -E UTF8 --locale=C --no-sync >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log"; exit 1; }
        rm "$dir/password"
        cat >> "$dir/data/postgresql.conf" <<END
        listen_addresses = '127.0.0.1'
        port = $port
        unix_socket_directories = '$dir'
        max_connections = 400
        shared_buffers = 64MB
        fsync = off
        synchronous_commit = on
        autovacuum = off
        wal_level = minimal
        max_wal_senders = 0
        max_wal_size = 4GB
        checkpoint_timeout = 1h
        max_locks_per_transaction = 256
        deadlock_timeout = 50ms
        client_connection_check_interval = 2s
        timezone = 'UTC'
        END
        (detached $as "$bin/pg_ctl" -D "$dir/data" -l "$dir/server.log" -w -t 60 start </dev/null >"$dir/start.log" 2>&1) \\
            || { cat "$dir/start.log" "$dir/server.log"; exit 1; }
        echo "$dir"
        """

    /// The newest installed server's binaries, which Debian keeps out of PATH.
    private static func binaries() -> String? {
        if let given = ProcessInfo.processInfo.environment["TOCSIN_POSTGRES_BIN"] { return given }
        let debian = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
        let folders =
            versions.compactMap(Int.init).sorted(by: >).map { "\(debian)/\($0)/bin" } + ["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"]
        return folders.first { FileManager.default.isExecutableFile(atPath: $0 + "/initdb") }
    }
}
