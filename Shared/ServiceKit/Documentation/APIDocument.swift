import Foundation
import NIOCore

/// A daemon's OpenAPI document, as its `HTTP/openapi.json` has it.
///
/// The files are complete by themselves, so that any tool reads them; a test compares them with the routes of the running daemon.
package struct APIDocument: Sendable {
    /// Where the documents say that IncidentManagement is; its own says nothing, because it signs people in itself.
    private static let usualSignIn = #""http://127.0.0.1:8002/"#

    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    /// The document for readers who reach IncidentManagement there.
    func buffer(signInAt place: URL) -> ByteBuffer {
        let base = place.absoluteString
        let address = "\"" + base + (base.hasSuffix("/") ? "" : "/")
        return ByteBuffer(string: text.replacing(Self.usualSignIn, with: address))
    }
}
