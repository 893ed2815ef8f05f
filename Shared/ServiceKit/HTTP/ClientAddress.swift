/// Whose call is being answered: what the audit notes and the sign-in throttle counts by.
package enum ClientAddress {
    /// The client's address without its port, for calls made on its behalf; nil outside of a call.
    @TaskLocal package static var current: String?

    /// The header in which the web pages tell another daemon whom they call for, beside ``tokenHeader``.
    package static let header = "X-Tocsin-Client"
    /// The header with the telling daemon's own token for the daemon it calls; `Authorization` has the person's.
    package static let tokenHeader = "X-Tocsin-Peer"
}
