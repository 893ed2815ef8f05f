import Foundation
import NIOCore

/// A daemon's OpenAPI document, as its `HTTP/openapi.json` has it.
///
/// The files are complete by themselves, so that any tool reads them; a test compares them with the routes of the running daemon.
package struct APIDocument: Sendable {
    /// Where the documents say that IncidentManagement is; its own says nothing, because it signs people in itself.
    private static let usualSignIn = #""http://127.0.0.1:8002/"#

    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The document for readers who reach IncidentManagement there.
    func buffer(signInAt place: URL) -> ByteBuffer {
        let base = place.absoluteString
        let address = "\"" + base + (base.hasSuffix("/") ? "" : "/")
        return ByteBuffer(string: String(decoding: bytes, as: UTF8.self).replacing(Self.usualSignIn, with: address))
    }
}
