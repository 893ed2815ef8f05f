/// A block of addresses, such as `10.0.0.0/8` or `fd00::/8`.
package struct IPNetwork: Sendable, Hashable {
    private let prefix: [UInt8]
    private let length: Int

    /// Reads CIDR notation (RFC 4632, RFC 4291 §2.3), or one address; nil for anything else, also for one with bits set behind the prefix, which is
    /// a slip more often than not.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress($0) }) else { return nil }
        let bits = address.bytes.count * 8
        var length = bits
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(parts[1]), number <= bits,
                Self.isZero(address.bytes, behind: number)
            else { return nil }
            length = number
        }
        prefix = address.bytes
        self.length = length
    }

    /// An IPv4 address that came as IPv6 (`::ffff:10.0.0.1`) is what it stands for.
    package func contains(_ address: IPAddress) -> Bool {
        let bytes = address.unmapped.bytes
        return bytes.count == prefix.count && Self.matches(bytes, prefix, length)
    }

    /// Whether the first `length` bits of an address are those of a prefix, which may leave out bytes behind them.
    package static func matches(_ address: [UInt8], _ prefix: [UInt8], _ length: Int) -> Bool {
        for index in 0..<prefix.count {
            let bits = min(8, length - index * 8)
            guard bits > 0 else { return true }
            let mask = UInt8(truncatingIfNeeded: 0xFF00 >> bits)
            if address[index] & mask != prefix[index] & mask { return false }
        }
        return true
    }

    private static func isZero(_ bytes: [UInt8], behind length: Int) -> Bool {
        bytes.indices.allSatisfy { index in
            let bits = max(0, min(8, length - index * 8))
            return bytes[index] & ~UInt8(truncatingIfNeeded: 0xFF00 >> bits) == 0
        }
    }
}

extension IPAddress {
    /// The IPv4 address that this is as IPv6 (RFC 4291 §2.5.5.2), or else itself.
    package var unmapped: IPAddress {
        guard bytes.count == 16, bytes.prefix(10).allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF else { return self }
        return IPAddress(bytes: Array(bytes.suffix(4))) ?? self
    }
}
