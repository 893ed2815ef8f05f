import Hummingbird
import HummingbirdCore
import Logging
import NIOCore

/// What one connection, and all of them, may cost (reliability OVL-3). Hummingbird's own limits are open by default.
enum ConnectionLimits {
    /// All header lines of a request, names and values.
    static let headerBytes = 16 * 1024
    static let headerFields = 64
    static let uriBytes = 8 * 1024
    /// From a request's first byte to the end of its headers.
    static let headerTime: TimeAmount = .seconds(10)
    /// From the end of the headers to the end of the body.
    static let bodyTime: TimeAmount = .seconds(15)
    /// How long a client may take to read nothing of an answer.
    static let writeTime: TimeAmount = .seconds(30)
    /// Between requests.
    static let keepAlive: TimeAmount = .seconds(60)
    /// How long a refused client may go on sending before it is cut; without it a reset could overtake the answer.
    static let linger: TimeAmount = .seconds(1)
    static let requestsPerConnection = 1_000
    /// Open files are bounded too; the oldest idle connection makes room for a new one.
    static let connections = 1_000
    /// Connections the kernel may hold for us.
    static let backlog = 1024
    /// The largest body any route takes (an attachment, 10 MB, and its frame). A declared length above it is refused with the headers.
    static let largestBody = 11 * 1024 * 1024

    static func server(logger: Logger) -> HTTPServerBuilder {
        let register = ConnectionRegister(limit: connections)
        return .http1(
            configuration: .init(
                additionalChannelHandlers: [ConnectionGuard(register)], idleTimeout: keepAlive,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: headerBytes, maxHeaderListSize: headerBytes, maxHeaderFieldCount: headerFields
                )
            )
        )
    }
}
