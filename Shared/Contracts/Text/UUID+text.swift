package import Foundation

extension UUID {
    /// The 36 lower-case characters of the canonical form (RFC 9562 §4). Foundation's `uuidString` goes through `printf`, which every alert would
    /// pay for five times.
    package var text: String {
        withUnsafeBytes(of: uuid) { bytes in
            String(unsafeUninitializedCapacity: 36) { buffer in
                var position = 0
                for (index, byte) in bytes.enumerated() {
                    if index == 4 || index == 6 || index == 8 || index == 10 {
                        buffer[position] = UInt8(ascii: "-")
                        position += 1
                    }
                    buffer[position] = Self.digit(byte >> 4)
                    buffer[position + 1] = Self.digit(byte & 0x0F)
                    position += 2
                }
                return position
            }
        }
    }

    /// 128 random bits, without the version of RFC 9562; Foundation's `UUID()` opens `/dev/urandom` each time.
    package static func random() -> UUID {
        var generator = RandomSupply()
        return UUID(uuid: unsafeBitCast((generator.next(), generator.next()) as (UInt64, UInt64), to: uuid_t.self))
    }

    private static func digit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}
