package import ServiceKit

/// Asks the name service.
package protocol HostResolver: Sendable {
    /// All addresses of `host`, IPv4 and IPv6; throws when there are none or nobody answered in time.
    func addresses(of host: String) async throws -> [IPAddress]
}
