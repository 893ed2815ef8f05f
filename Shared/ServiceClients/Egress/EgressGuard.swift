import ServiceKit

/// Decides where user-given URLs may lead (OUT-1): the only way to a connection that a person outside can choose.
package struct EgressGuard: Sendable {
    /// Addresses a name may have: a real service has a few, a hundred are an attempt to hide one.
    package static let addressLimit = 32

    private let allow: EgressAllowList
    private let allowsPlainHTTP: Bool
    private let refusedHosts: Set<String>
    private let resolver: any HostResolver

    /// - Parameters:
    ///   - allowsPlainHTTP: whether `http` is fine everywhere; otherwise only for places in `allow`.
    ///   - refusedHosts: our own public names, which would come back in.
    package init(
        allow: EgressAllowList = .empty, allowsPlainHTTP: Bool = false, refusedHosts: Set<String> = [],
        resolver: any HostResolver = SystemResolver()
    ) {
        self.allow = allow
        self.allowsPlainHTTP = allowsPlainHTTP
        self.refusedHosts = Set(refusedHosts.map { $0.lowercased() })
        self.resolver = resolver
    }

    /// What can be said about a URL without asking the name service: for the moment somebody enters it.
    @discardableResult
    package func inspect(_ text: String) throws(EgressError) -> EgressURL {
        let url = try EgressURL(text)
        if allow.contains(url.host, url.port) { return url }
        guard url.isSecure || allowsPlainHTTP else { throw .malformed(.scheme) }
        guard EgressURL.ports.contains(url.port) else { throw .malformed(.port) }
        guard !refusedHosts.contains(url.host.text) else { throw .addressNotAllowed }
        if let address = url.host.address, !address.isGlobalUnicast { throw .addressNotAllowed }
        return url
    }

    /// The URL and the one address to connect to; throws ``EgressError``. The name is not looked up again, so it cannot change meanwhile.
    ///
    /// Refused when *any* of its addresses is not global unicast. To be asked anew for every attempt.
    package func check(_ text: String) async throws(EgressError) -> EgressTarget {
        let url = try inspect(text)
        let addresses: [IPAddress]
        if let address = url.host.address {
            addresses = [address]
        } else {
            do { addresses = try await resolver.addresses(of: url.host.text) } catch { throw .unresolvable }
        }
        guard let address = addresses.filter(\.isVersion4).randomElement() ?? addresses.first else { throw .unresolvable }
        if allow.contains(url.host, url.port) { return EgressTarget(url: url, address: address) }
        guard addresses.count <= Self.addressLimit, addresses.allSatisfy(\.isGlobalUnicast) else { throw .addressNotAllowed }
        return EgressTarget(url: url, address: address)
    }
}
