import Foundation

/// The bound values laid out the way libpq wants them: C strings in one allocation, and pointers to them.
struct ParameterBuffer {
    /// The protocol counts parameters in 16 bits; a batch is bound as arrays instead.
    static let limit = 65_535

    private var bytes: [CChar] = []
    private var offsets: [Int?] = []
    private(set) var types: [UInt32] = []

    /// - Throws: ``PostgresError`` of kind `invalidValue` for a text with NUL, which libpq would silently cut there, and for too many values.
    init(_ values: [PostgresValue]) throws {
        guard values.count <= Self.limit else { throw PostgresError(.invalidValue, subject: "\(values.count) parameters") }
        bytes.reserveCapacity(values.count * 24)
        for (index, value) in values.enumerated() {
            types.append(value.type.rawValue)
            guard let text = value.text else {
                offsets.append(nil)
                continue
            }
            offsets.append(bytes.count)
            guard append(text) else { throw PostgresError(.invalidValue, subject: "NUL in parameter $\(index + 1)") }
            bytes.append(0)
        }
    }

    /// Copies the whole text at once: the arrays of a batch have tens of kilobytes.
    /// - Returns: Whether it had no NUL.
    private mutating func append(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { utf8 in
            guard let start = utf8.baseAddress else { return true }
            guard memchr(start, 0, utf8.count) == nil else { return false }
            utf8.withMemoryRebound(to: CChar.self) { bytes.append(contentsOf: $0) }
            return true
        }
    }

    var count: Int32 { Int32(truncatingIfNeeded: offsets.count) }

    /// Calls `body` with the pointers, which are valid only inside of it.
    func withPointers<Answer>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Answer) -> Answer {
        bytes.withUnsafeBufferPointer { buffer in
            let pointers = offsets.map { offset in offset.flatMap { buffer.baseAddress?.advanced(by: $0) } }
            return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
        }
    }
}
