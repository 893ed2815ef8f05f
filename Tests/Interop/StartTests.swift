import Contracts
import Foundation
import IncidentManagement
import TestSupport
import Testing

/// How a daemon's process ends when it cannot begin: supervisors go by the exit code, people by what is printed.
@Suite struct StartTests {
    private let environment = ["INTERNAL_SECRET": "start-tests-secret-4f9d2c1b7a6e5d8c", "PORT": "0", "LOG_LEVEL": "info"]

    @Test func aStartThatFailsSaysWhyAndExitsWithOne() async throws {
        try await withDatabase(migrations: []) { test in
            // The role is there, its schema is not: a state that no wait mends.
            let outcome = try await Self.start(.incidentManagement, environment.merging(["DATABASE_URL": test.url]) { $1 })
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("incident-management: "), "\(outcome.output)")
        }
    }

    @Test func aSecretThatDoesNotOpenTheSigningKeyIsAConfigurationError() async throws {
        try await withDatabase(migrations: [(schema: "incident", IncidentMigrations.all)]) { test in
            let settings = environment.merging(test.settings(for: .incidentManagement)) { $1 }
            let first = try await Self.start(.incidentManagement, settings, stopAfter: "Server started")
            #expect(first.status == 0, "\(first.output)")
            let other = settings.merging(["INTERNAL_SECRET": "another-secret-4f9d2c1b7a6e5d8c-4f9d2c"]) { $1 }
            let second = try await Self.start(.incidentManagement, other)
            #expect(second.status == 78)
            #expect(second.output.contains("INTERNAL_SECRET"), "\(second.output)")
        }
    }

    /// Runs the program until it ends by itself, or stops it with SIGTERM once it is ready.
    private static func start(_ peer: Peer, _ environment: [String: String], stopAfter phase: String? = nil) async throws -> Shell.Outcome {
        try await Shell.run(
            """
            log=$(mktemp)
            (cd /tmp && exec env "${@:3}" "$1" >"$log" 2>&1 </dev/null) &
            child=$!
            if [ -n "$2" ]; then
                for _ in $(seq 1 300); do grep -q "$2" "$log" && break; sleep 0.1; done
                kill -TERM "$child"
            fi
            status=0
            wait "$child" || status=$?
            tail -c 3000 "$log"
            rm -f "$log"
            exit "$status"
            """,
            [DaemonProcess.binaries + "/" + peer.rawValue, phase ?? ""] + environment.map { "\($0.key)=\($0.value)" })
    }
}
