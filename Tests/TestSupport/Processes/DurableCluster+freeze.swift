import Foundation

extension DurableCluster {
    /// As a server whose disk hangs: all its processes stand still, and its connections stay open.
    ///
    /// It goes on by itself after half a minute, so that a test that dies meanwhile leaves no server behind that nobody can stop.
    package func freeze() async throws {
        try await Shell.require(
            Self.processes + """
                kill -STOP "$postmaster"
                all="$postmaster $(cat "/proc/$postmaster/task/$postmaster/children")"
                kill -STOP $all
                (detached setsid sh -c '
                    folder=$1; shift
                    for _ in $(seq 30); do [ -d "$folder" ] || exit 0; sleep 1; done
                    kill -CONT "$@"' thaw "$1" $all >/dev/null 2>&1 </dev/null) &
                """, [folder])
    }

    /// The postmaster goes on last: it would bury children that are not there to be woken any more.
    package func thaw() async throws {
        try await Shell.require(
            Self.processes + #"kill -CONT $(cat "/proc/$postmaster/task/$postmaster/children") "$postmaster""#, [folder])
    }

    private static let processes = """
        set -eu
        postmaster=$(head -1 "$1/data/postmaster.pid")

        """
}
