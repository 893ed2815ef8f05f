import Foundation

/// PostgreSQL's binary form of a one-dimensional array parameter (`array_recv` in its sources): a header, and each element with its length.
///
/// A batch binds some thirty columns of every alert; as text, quoting them here and parsing them there cost a tenth of the accept path.
package struct BinaryArray: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Some text has the one character that PostgreSQL's texts cannot hold.
    private(set) var holdsNUL = false

    init<Element: PostgresArrayElement>(_ elements: [Element]) {
        bytes.reserveCapacity(20 + 24 * elements.count)
        append(Int32(elements.isEmpty ? 0 : 1))
        // "May hold NULLs"; the server looks for itself.
        append(Int32(1))
        append(Int32(bitPattern: Element.postgresElementType.rawValue))
        guard !elements.isEmpty else { return }
        append(Int32(truncatingIfNeeded: elements.count))
        append(Int32(1))
        for element in elements {
            let start = bytes.count
            append(Int32(-1))
            if element.appendBinary(to: &self) {
                write(Int32(truncatingIfNeeded: bytes.count - start - 4), at: start)
            }
        }
    }

    /// Network byte order, as everything PostgreSQL reads.
    mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.bigEndian) { bytes += $0 }
    }

    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            if let start = utf8.baseAddress, memchr(start, 0, utf8.count) != nil { holdsNUL = true }
            bytes += utf8
        }
    }

    mutating func append(_ more: some Sequence<UInt8>) {
        bytes += more
    }

    private mutating func write(_ number: Int32, at position: Int) {
        withUnsafeBytes(of: number.bigEndian) { bytes.replaceSubrange(position..<position + 4, with: $0) }
    }
}
