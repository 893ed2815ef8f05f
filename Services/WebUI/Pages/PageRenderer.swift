import HTTPTypes
import Hummingbird
import Mustache
import NIOCore

/// Renders pages from the templates built into the program; values are HTML-escaped.
struct PageRenderer: Sendable {
    enum Page: String, CaseIterable {
        case login, dashboard, incident, failure
    }

    private let library: MustacheLibrary

    init() throws {
        var templates: [String: MustacheTemplate] = [:]
        for (name, bytes) in Self.sources { templates[name] = try MustacheTemplate(string: String(decoding: bytes, as: UTF8.self)) }
        library = MustacheLibrary(templates: templates)
    }

    private static let sources: [String: [UInt8]] = [
        "head": PackageResources.head_mustache, "foot": PackageResources.foot_mustache, "login": PackageResources.login_mustache,
        "dashboard": PackageResources.dashboard_mustache, "incident": PackageResources.incident_mustache,
        "failure": PackageResources.failure_mustache,
    ]

    func response(_ page: Page, _ model: any Sendable, status: HTTPResponse.Status = .ok) -> Response {
        let html = library.render(model, withTemplate: page.rawValue) ?? ""
        return Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8", .contentSecurityPolicy: Self.policy],
            body: ResponseBody(byteBuffer: ByteBuffer(string: html))
        )
    }

    /// Nothing from elsewhere, no scripts, no frames (reliability INP-4).
    private static let policy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}
