/// The proxies whose word about their clients counts: those in TRUSTED_PROXIES, addresses or networks between commas, none by default. Anybody can
/// write `X-Forwarded-For` and `X-Forwarded-Proto`, so that what comes from elsewhere is not believed (reliability AUT-4).
struct TrustedProxies: Sendable {
    private let networks: [IPNetwork]

    init(_ settings: Settings) throws {
        networks = try settings.list("TRUSTED_PROXIES").map { text in
            guard let network = IPNetwork(text) else {
                throw ConfigurationError("TRUSTED_PROXIES", "must list addresses or networks such as 10.0.0.0/8")
            }
            return network
        }
    }

    /// The client behind a chain of proxies: going back from the peer, the first that is no proxy of ours. Each proxy adds the one it heard from at
    /// the end, so what the client itself wrote stands before and is never reached.
    /// - Parameter forwardedFor: the values of `X-Forwarded-For`, in their order.
    func client(of peer: String?, forwardedFor: [String]) -> String? {
        guard !networks.isEmpty, let peer, var client = IPAddress(peer)?.unmapped, trusts(client) else { return peer }
        for hop in forwardedFor.joined(separator: ",").split(separator: ",").reversed() {
            guard let address = Self.address(hop) else { break }
            client = address
            if !trusts(client) { break }
        }
        return client.description
    }

    /// Whether the other end of a connection is one of them.
    func includes(_ peer: String?) -> Bool {
        guard let peer, let address = IPAddress(peer)?.unmapped else { return false }
        return trusts(address)
    }

    private func trusts(_ address: IPAddress) -> Bool { networks.contains { $0.contains(address) } }

    /// Some proxies write the client's port behind it, as `192.0.2.1:4711` or `[2001:db8::1]:4711`.
    private static func address(_ hop: Substring) -> IPAddress? {
        let text = hop.drop { $0 == " " }.prefix { $0 != " " }
        if text.hasPrefix("[") { return IPAddress(text.dropFirst().prefix { $0 != "]" })?.unmapped }
        let host = text.utf8.count { $0 == UInt8(ascii: ":") } == 1 ? text.prefix { $0 != ":" } : text
        return IPAddress(host)?.unmapped
    }
}
