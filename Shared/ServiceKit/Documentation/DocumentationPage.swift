import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The pages that show a daemon's OpenAPI document. Addresses are relative, so that the pages also work behind a path of a proxy.
enum DocumentationPage {
    case swagger, redoc

    /// The files change with the installation only.
    static let assetCaching = "public, max-age=3600"

    /// Our own script, which Swagger UI's page needs because the policy allows none in the page.
    static let startScript = """
        SwaggerUIBundle({ url: "openapi.json", dom_id: "#swagger-ui", deepLinking: true, validatorUrl: null });

        """

    /// - Parameter place: where people sign in, which is another origin on most daemons.
    func response(signInAt place: URL) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/html; charset=utf-8", .contentSecurityPolicy: policy(signInAt: place)],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html))
        )
    }

    private var html: String {
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>Tocsin API</title>
        \(head)
        </head>
        <body>
        \(content)
        </body>
        </html>

        """
    }

    private var head: String {
        switch self {
        case .swagger: #"<link rel="stylesheet" href="docs/assets/swagger-ui.css">"#
        case .redoc: ""
        }
    }

    private var content: String {
        switch self {
        case .swagger:
            """
            <div id="swagger-ui"></div>
            <script src="docs/assets/swagger-ui-bundle.js"></script>
            <script src="docs/assets/start.js"></script>
            """
        case .redoc:
            """
            <redoc spec-url="openapi.json"></redoc>
            <script src="docs/assets/redoc.standalone.js"></script>
            """
        }
    }

    /// Scripts and styles of our own files only, calls to ourselves and to the sign-in. ReDoc fills empty style elements by script, and one
    /// with a rule of its own, which their hashes allow; its search runs in a worker it makes itself.
    private func policy(signInAt place: URL) -> String {
        let style = self == .redoc ? "'self' \(Self.emptyStyle) \(Self.redocStyle)" : "'self'"
        let worker = self == .redoc ? "worker-src blob:; " : ""
        return "default-src 'none'; script-src 'self'; style-src \(style); img-src 'self' data:; "
            + "connect-src 'self' \(Self.origin(place)); \(worker)base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    }

    private static let emptyStyle = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    private static let redocStyle = "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='"

    private static func origin(_ url: URL) -> String {
        "\(url.scheme ?? "http")://\(url.host() ?? "")" + (url.port.map { ":\($0)" } ?? "")
    }
}
