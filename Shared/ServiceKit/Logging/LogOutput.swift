/// Where finished lines go.
package protocol LogOutput: Sendable {
    /// One whole line, its end included.
    func write(_ line: [UInt8])
}
