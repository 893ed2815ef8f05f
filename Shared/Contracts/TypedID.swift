package import Foundation

/// An identifier that cannot be mixed up with another kind of identifier: a UUIDv7 behind a type of its own.
///
/// Encoded as its lower-case text. New ones come from ``make(at:)``, so that ids sort by the time they were made (RFC 9562 §5.7).
package protocol TypedID: RawRepresentable, Hashable, Codable, Sendable, CustomStringConvertible, Comparable where RawValue == UUID {
    init(rawValue: UUID)
}

extension TypedID {
    package static func make(at now: Date) -> Self {
        Self(rawValue: .version7(at: now))
    }

    /// Reads the canonical 36-character text; anything else is nil.
    package init?(_ text: some StringProtocol) {
        guard text.utf8.count == 36, let uuid = UUID(uuidString: String(text)) else { return nil }
        self.init(rawValue: uuid)
    }

    package var description: String { rawValue.text }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a UUID")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension UUID {
    /// A UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds since 1970, then version, variant and 74 random bits.
    package static func version7(at now: Date) -> UUID {
        let milliseconds = UInt64(max(0, now.timeIntervalSince1970 * 1000))
        var bytes = UUID.random().uuid
        bytes.0 = UInt8(truncatingIfNeeded: milliseconds >> 40)
        bytes.1 = UInt8(truncatingIfNeeded: milliseconds >> 32)
        bytes.2 = UInt8(truncatingIfNeeded: milliseconds >> 24)
        bytes.3 = UInt8(truncatingIfNeeded: milliseconds >> 16)
        bytes.4 = UInt8(truncatingIfNeeded: milliseconds >> 8)
        bytes.5 = UInt8(truncatingIfNeeded: milliseconds)
        bytes.6 = 0x70 | (bytes.6 & 0x0F)
        bytes.8 = 0x80 | (bytes.8 & 0x3F)
        return UUID(uuid: bytes)
    }

    /// Below every UUIDv7 of that instant's millisecond and above all of the one before.
    package static func floor(at date: Date) -> UUID {
        let milliseconds = UInt64(min(max(0, date.timeIntervalSince1970 * 1000), 281_474_976_710_655))
        let byte = { (shift: UInt64) in UInt8(truncatingIfNeeded: milliseconds >> shift) }
        return UUID(uuid: (byte(40), byte(32), byte(24), byte(16), byte(8), byte(0), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    }
}
