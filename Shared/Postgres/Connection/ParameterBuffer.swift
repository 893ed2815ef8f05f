import Foundation

/// The bound values laid out the way libpq wants them: all in one allocation, texts as C strings, and pointers to them.
struct ParameterBuffer {
    /// The protocol counts parameters in 16 bits; a batch is bound as arrays instead.
    static let limit = 65_535

    private var bytes: [UInt8] = []
    private var offsets: [Int?] = []
    private var lengths: [Int32] = []
    /// 0 is text, 1 is binary.
    private var formats: [Int32] = []
    private(set) var types: [UInt32] = []

    /// - Throws: ``PostgresError`` of kind `invalidValue` for a text with NUL, which libpq would silently cut there, and for too many values.
    init(_ values: [PostgresValue]) throws {
        guard values.count <= Self.limit else { throw PostgresError(.invalidValue, subject: "\(values.count) parameters") }
        bytes.reserveCapacity(values.count * 24)
        for (index, value) in values.enumerated() {
            types.append(value.type.rawValue)
            guard add(value.content) else { throw PostgresError(.invalidValue, subject: "NUL in parameter $\(index + 1)") }
        }
    }

    /// - Returns: Whether its texts have no NUL.
    private mutating func add(_ content: PostgresValue.Content) -> Bool {
        let start = bytes.count
        switch content {
        case .null:
            offsets.append(nil)
        case .text(var text):
            offsets.append(start)
            let isClean = text.withUTF8 { utf8 in
                bytes += utf8
                return utf8.baseAddress.map { memchr($0, 0, utf8.count) == nil } ?? true
            }
            bytes.append(0)
            if !isClean { return false }
        case .array(let array):
            if array.holdsNUL { return false }
            offsets.append(start)
            bytes += array.bytes
        }
        lengths.append(Int32(truncatingIfNeeded: bytes.count - start))
        if case .array = content { formats.append(1) } else { formats.append(0) }
        return true
    }

    var count: Int32 { Int32(truncatingIfNeeded: offsets.count) }

    /// Values, their lengths and formats as libpq takes them, valid only inside of `body`.
    func withPointers<Answer>(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?) -> Answer
    ) -> Answer {
        bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = offsets.map { offset in offset.flatMap { start?.advanced(by: $0) } }
            return pointers.withUnsafeBufferPointer { values in
                lengths.withUnsafeBufferPointer { lengths in
                    formats.withUnsafeBufferPointer { body(values.baseAddress, lengths.baseAddress, $0.baseAddress) }
                }
            }
        }
    }
}
