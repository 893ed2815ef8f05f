package import Foundation

/// A request passed on to a daemon for somebody else, as WebUI does for the person signed in.
package struct PeerRequest: Sendable {
    package var method: String
    /// Begins with `/`; percent-encoded, with the query if there is one.
    package var path: String
    /// The caller's own token, sent as `Authorization: Bearer`; nil sends none.
    package var bearer: String?
    package var headers: [(name: String, value: String)]
    package var body: Data?

    package init(
        _ method: String = "GET", _ path: String, bearer: String? = nil, headers: [(name: String, value: String)] = [], body: Data? = nil
    ) {
        self.method = method
        self.path = path
        self.bearer = bearer
        self.headers = headers
        self.body = body
    }
}
