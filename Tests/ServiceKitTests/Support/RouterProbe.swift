import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOEmbedded
import ServiceKit

/// Asks a daemon's router directly, without running anything of the daemon.
struct RouterProbe {
    let daemon: Daemon

    func status(_ path: String) async -> Int {
        await status(of: HTTPRequest(method: .get, scheme: "http", authority: "x", path: path))
    }

    func status(of head: HTTPRequest, body: String = "") async -> Int {
        let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(string: body)))
        let context = CallContext(source: .init(channel: EmbeddedChannel(), logger: Logger(label: "probe")))
        return (try? await daemon.application.responder.respond(to: request, context: context).status.code) ?? 0
    }
}
