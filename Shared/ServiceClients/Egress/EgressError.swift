/// Why a URL that somebody gave us was not called, or how the call failed; never shows the URL, the address or the answer.
package enum EgressError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Not a URL we call, whatever it resolves to: fix it.
    case malformed(Fault)
    /// It leads, or one of its addresses leads, to where user-given URLs must not go.
    case addressNotAllowed
    /// The name has no address, or the resolver did not say in time.
    case unresolvable
    case failed(ClientError)

    package enum Fault: String, Sendable, Hashable, CaseIterable {
        case tooLong = "too_long"
        case characters
        case scheme
        case userInfo = "user_info"
        case host
        case port
        case fragment
    }

    /// One word of a closed set, for metrics, logs and the person who gave the URL.
    package var label: String {
        switch self {
        case .malformed(let fault): "malformed_\(fault.rawValue)"
        case .addressNotAllowed: "address_not_allowed"
        case .unresolvable: "unresolvable"
        case .failed(let error): error.reason.label
        }
    }

    package var isRetryable: Bool {
        switch self {
        case .malformed, .addressNotAllowed: false
        case .unresolvable: true
        case .failed(let error): error.isRetryable
        }
    }

    package var description: String {
        guard case .failed(let error) = self else { return label }
        return error.description
    }
}
