package import Contracts
package import NIOCore

/// The only way a body becomes a value: strict RFC 8259, bounded, and unambiguous, so that Foundation, PostgreSQL's `jsonb` and we agree on
/// what was said (reliability INP-1).
///
/// Refused with a ``JSONFault``: anything but UTF-8 (byte order marks too), duplicate keys after unescaping and normalisation, NUL, lone
/// surrogates, numbers outside Double's range, trailing bytes, and whatever exceeds the ``JSONLimits``. One pass; 100,000 opening brackets
/// stop it at the thirty-third.
package enum JSONGate {
    package static func parse(_ buffer: ByteBuffer, limits: JSONLimits = .api) throws(JSONFault) -> JSONValue {
        try buffer.withUnsafeReadableBytes { scan($0, limits) }.get()
    }

    package static func parse(_ bytes: some Collection<UInt8>, limits: JSONLimits = .api) throws(JSONFault) -> JSONValue {
        let scanned = bytes.withContiguousStorageIfAvailable { scan(UnsafeRawBufferPointer($0), limits) }
        if let scanned { return try scanned.get() }
        return try Array(bytes).withUnsafeBytes { scan($0, limits) }.get()
    }

    private static func scan(_ bytes: UnsafeRawBufferPointer, _ limits: JSONLimits) -> Result<JSONValue, JSONFault> {
        Result { () throws(JSONFault) in
            guard bytes.count <= limits.bytes else {
                throw JSONFault(offset: limits.bytes, detail: "The document is longer than \(limits.bytes) bytes.")
            }
            var scanner = JSONScanner(bytes, limits)
            return try scanner.document()
        }
    }
}
