package import Auth
package import Contracts
package import Foundation
package import ServiceKit

/// What the web pages read from their environment.
///
/// - `INTERNAL_SECRET`: at least 32 bytes, the same for all daemons; signs the forms' tokens too.
/// - `ALERTS_URL`, `INCIDENTS_URL`, `ONCALL_URL`, `NOTIFICATIONS_URL`: where the daemons answer.
/// - `PUBLIC_URL`: where people reach these pages; https makes the cookies `__Host-` and `Secure`.
package struct WebUIConfiguration: Sendable {
    package let internalSecret: Secret
    package let publicURL: URL
    /// The daemons' own addresses, without the pages'.
    package let daemons: [Peer: URL]

    package init(_ settings: Settings) throws {
        internalSecret = try settings.secret("INTERNAL_SECRET")
        publicURL = try settings.url("PUBLIC_URL", default: "http://127.0.0.1:\(Peer.webUI.defaultPort)")
        var daemons: [Peer: URL] = [:]
        for (peer, key) in Self.keys {
            daemons[peer] = try settings.url(key, default: "http://127.0.0.1:\(peer.defaultPort)")
        }
        self.daemons = daemons
    }

    private static let keys: [(Peer, String)] = [
        (.alertIngestion, "ALERTS_URL"), (.incidentManagement, "INCIDENTS_URL"), (.onCall, "ONCALL_URL"),
        (.notification, "NOTIFICATIONS_URL"),
    ]

    /// What a browser's `Origin` says of a form of ours.
    package var origin: String {
        let port = publicURL.port.map { ":\($0)" } ?? ""
        return "\(publicURL.scheme?.lowercased() ?? "http")://\(publicURL.host() ?? "")\(port)"
    }

    package var isSecure: Bool { publicURL.scheme?.lowercased() == "https" }
}
