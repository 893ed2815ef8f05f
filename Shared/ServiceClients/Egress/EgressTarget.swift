package import ServiceKit

/// A checked URL and the address it was checked with.
package struct EgressTarget: Sendable, Hashable {
    package let url: EgressURL
    package let address: IPAddress
}
