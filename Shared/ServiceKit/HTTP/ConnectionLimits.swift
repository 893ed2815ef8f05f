import Hummingbird
import HummingbirdCore

/// What one connection, and all of them, may cost (reliability OVL-3). Hummingbird's own limits are open by default.
package struct ConnectionLimits: Sendable, Hashable {
    package static let standard = ConnectionLimits()

    /// All header lines of a request, names and values.
    static let headerBytes = 16 * 1024
    static let headerFields = 64
    static let uriBytes = 8 * 1024
    /// Connections the kernel may hold for us while we are busy.
    static let backlog = 1024
    /// The largest body any route takes (an attachment, 10 MB, and its frame). A declared length above it is refused with the headers.
    static let largestBody = 11 * 1024 * 1024

    /// From a request's first byte to the end of its headers.
    package var headerTime: Duration = .seconds(10)
    /// From the end of the headers to the end of the body.
    package var bodyTime: Duration = .seconds(15)
    /// How long a client may read nothing of an answer that waits for it.
    package var writeTime: Duration = .seconds(30)
    /// Between requests.
    package var keepAlive: Duration = .seconds(60)
    /// How long a client may go on sending once its last answer is written; without it a reset could overtake the answer.
    package var linger: Duration = .seconds(1)
    package var requestsPerConnection = 1_000
    /// Fewer where ``OpenFilesLimit`` says so; the oldest idle connection makes room for a new one.
    package var connections = 1_000

    package init() {}

    /// With no more connections than leave the process the descriptors it needs itself.
    func leavingFiles(of softLimit: UInt) -> ConnectionLimits {
        var limits = self
        limits.connections = OpenFilesLimit.connections(connections, soft: softLimit)
        return limits
    }

    /// The guard ends idle connections too: the framework's own timer sees nothing of hot requests.
    func server(_ hotRoutes: HotRoutes?) -> HTTPServerBuilder {
        let register = ConnectionRegister(limit: connections)
        let limits = self
        return .http1(
            configuration: .init(
                additionalChannelHandlers: [ConnectionGuard(limits, register)] + (hotRoutes.map { [HotRouteHandler($0)] } ?? []),
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: Self.headerBytes, maxHeaderListSize: Self.headerBytes, maxHeaderFieldCount: Self.headerFields
                )
            )
        )
    }
}
