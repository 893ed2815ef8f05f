package import ServiceKit

extension IPAddress {
    /// Whether it is an ordinary address of the public Internet: global unicast by IANA's special-purpose registries (RFC 6890), not an
    /// embedding of an IPv4 address, and not a cloud's metadata service.
    package var isGlobalUnicast: Bool {
        isVersion4
            ? !Self.special4.contains { $0.contains(bytes) }
            : Self.global6.contains(bytes) && !Self.special6.contains { $0.contains(bytes) }
    }

    private struct Block {
        let prefix: [UInt8]
        let length: Int

        init(_ prefix: [UInt8], _ length: Int) {
            self.prefix = prefix
            self.length = length
        }

        func contains(_ address: [UInt8]) -> Bool { IPNetwork.matches(address, prefix, length) }
    }

    private static let special4 = [
        Block([0], 8),  // this network
        Block([10], 8),  // private
        Block([100, 64], 10),  // carrier-grade NAT; Alibaba's metadata 100.100.100.200
        Block([127], 8),  // loopback
        Block([168, 63, 129, 16], 32),  // Azure's host
        Block([169, 254], 16),  // link-local; most clouds' metadata
        Block([172, 16], 12),  // private
        Block([192, 0, 0], 24),  // IETF; Oracle's metadata 192.0.0.192
        Block([192, 0, 2], 24),  // documentation
        Block([192, 31, 196], 24),  // AS112
        Block([192, 52, 193], 24),  // AMT
        Block([192, 88, 99], 24),  // 6to4 relays
        Block([192, 168], 16),  // private
        Block([192, 175, 48], 24),  // AS112
        Block([198, 18], 15),  // benchmarks
        Block([198, 51, 100], 24),  // documentation
        Block([203, 0, 113], 24),  // documentation
        Block([224], 4),  // multicast
        Block([240], 4),  // reserved and broadcast
    ]

    /// All global unicast there is; mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96), unique local, link-local and multicast lie outside.
    private static let global6 = Block([0x20], 3)

    private static let special6 = [
        Block([0x20, 0x01, 0x00], 23),  // IETF; Teredo 2001::/32, ORCHID
        Block([0x20, 0x01, 0x0D, 0xB8], 32),  // documentation
        Block([0x20, 0x02], 16),  // 6to4: carries an IPv4 address
        Block([0x26, 0x20, 0x00, 0x4F, 0x80, 0x00], 48),  // AS112
        Block([0x3F, 0xFF, 0x00], 20),  // documentation
    ]
}
