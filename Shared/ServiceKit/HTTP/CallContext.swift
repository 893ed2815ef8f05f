package import Auth
package import Contracts
import Foundation
package import Hummingbird
import NIOCore

/// What a handler knows about the call beside the request.
package struct CallContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// Who calls; checked against the route's ``Access`` before the handler runs.
    package var caller: Principal = .anonymous
    /// Where in a distributed call this is, and the request id.
    package var trace: TraceContext
    /// The client's address without its port, as ``ClientAddressMiddleware`` makes it out: the peer's, or whom a trusted peer speaks for. Nil in tests
    /// without a socket.
    package internal(set) var remoteAddress: String?
    /// Who holds the other end of the connection, whomever that one speaks for.
    let peerAddress: String?

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        trace = .unset
        peerAddress = source.channel.remoteAddress?.ipAddress
        remoteAddress = peerAddress
    }

    /// Names this request in logs and answers.
    package var requestID: String { trace.requestID }

    /// The id in the path; a malformed one is the 404 of ``Problem/notFound(_:)``.
    package func parameter<ID: TypedID>(_ name: String, _ type: ID.Type) throws -> ID {
        guard let id = ID(try parameter(name)) else { throw Problem.notFound("object") }
        return id
    }

    /// The text in the path, percent-decoded; one with control characters is a 404.
    package func parameter(_ name: String) throws -> String {
        guard let raw = parameters.get(name), let text = raw.removingPercentEncoding,
            !text.unicodeScalars.contains(where: { $0.value < 0x20 })
        else {
            throw Problem.notFound("object")
        }
        return text
    }
}
