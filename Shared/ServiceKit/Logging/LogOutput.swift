import Foundation
import Synchronization

/// Where finished lines go.
package protocol LogOutput: Sendable {
    /// One whole line, its end included.
    func write(_ line: [UInt8])
}

/// Standard output; one `write` per line, so that lines of several threads do not mix.
struct StandardOutput: LogOutput {
    func write(_ line: [UInt8]) {
        _ = line.withUnsafeBytes { Foundation.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
