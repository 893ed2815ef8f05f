import Auth
import Foundation
package import ServiceKit

/// `getaddrinfo`, which blocks, on threads of its own and with a deadline (NOT-4: 1 s).
package struct SystemResolver: HostResolver {
    /// How long an answer may take; a thread may stay stuck longer, and no caller waits for it.
    package static let deadline: Duration = .seconds(1)
    /// Look-ups at a time.
    static let concurrency = 4
    /// Look-ups that wait for a thread: what four threads answer within the deadline when all is well.
    static let queueLimit = 64

    struct LookupFailed: Error {}

    private let threads = BoundedThreads(name: "resolver", limit: SystemResolver.concurrency, queueLimit: SystemResolver.queueLimit)

    package init() {}

    package func addresses(of host: String) async throws -> [IPAddress] {
        let (answers, answer) = AsyncStream.makeStream(of: [IPAddress].self)
        let isQueued = threads.start {
            answer.yield(Self.lookUp(host))
            answer.finish()
        }
        guard isQueued else { throw LookupFailed() }
        let addresses = try await withDeadline(Self.deadline) {
            for await addresses in answers { return addresses }
            throw CancellationError()
        }
        guard !addresses.isEmpty else { throw LookupFailed() }
        return addresses
    }

    private static func lookUp(_ host: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var next = list
        while let info = next?.pointee {
            if let address = address(of: info) { addresses.append(address) }
            next = info.ai_next
        }
        return addresses
    }

    private static func address(of info: addrinfo) -> IPAddress? {
        guard let pointer = UnsafeRawPointer(info.ai_addr) else { return nil }
        switch info.ai_family {
        case AF_INET:
            let address = pointer.loadUnaligned(as: sockaddr_in.self).sin_addr
            return IPAddress(bytes: withUnsafeBytes(of: address) { Array($0) })
        case AF_INET6:
            let address = pointer.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            return IPAddress(bytes: withUnsafeBytes(of: address) { Array($0) })
        default: return nil
        }
    }
}
