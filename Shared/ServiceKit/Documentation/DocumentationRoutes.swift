import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// `/openapi.json`, Swagger UI at `/docs` and ReDoc at `/redoc`; open, since they tell nothing about anybody.
///
/// - `API_DOCS_PATH`: the folder with the pages' scripts and styles; without it the pages are 404 and say how to set them up.
/// - `API_DOCS_SIGN_IN_URL`: where browsers reach IncidentManagement, for *Authorize* on the other daemons' pages; default `INCIDENTS_URL`.
struct DocumentationRoutes {
    private let document: ByteBuffer
    private let assets: DocumentationAssets?
    private let signIn: URL

    /// Throws ``ConfigurationError``.
    init(_ document: APIDocument, settings: Settings) throws {
        signIn = try settings.url(
            "API_DOCS_SIGN_IN_URL", default: settings.string("INCIDENTS_URL", default: "http://127.0.0.1:8002"))
        assets = try DocumentationAssets(settings)
        self.document = document.buffer(signInAt: signIn)
    }

    func add(to routes: Routes) {
        routes.get("/openapi.json", .open, use: showDocument)
        routes.get("/docs", .open, use: page(.swagger))
        routes.get("/redoc", .open, use: page(.redoc))
        routes.get("/docs/assets/{file}", .open, use: asset)
    }

    @Sendable private func showDocument(_ request: Request, _ context: CallContext) async -> Response {
        Response(status: .ok, headers: [.contentType: "application/json"], body: ResponseBody(byteBuffer: document))
    }

    private func page(_ page: DocumentationPage) -> @Sendable (Request, CallContext) async throws -> Response {
        { [signIn, assets] _, _ in
            guard assets != nil else { throw Problem.docsNotInstalled }
            return page.response(signInAt: signIn)
        }
    }

    @Sendable private func asset(_ request: Request, _ context: CallContext) async throws -> Response {
        let name = try context.parameter("file")
        if name == "start.js" {
            return Response(
                status: .ok,
                headers: [.contentType: "text/javascript; charset=utf-8", .cacheControl: DocumentationPage.assetCaching],
                body: ResponseBody(byteBuffer: ByteBuffer(string: DocumentationPage.startScript))
            )
        }
        guard let file = DocumentationAssets.File(rawValue: name) else { throw Problem.notFound("file") }
        guard let assets else { throw Problem.docsNotInstalled }
        return try await assets.response(file, context)
    }
}

extension Problem {
    fileprivate static let docsNotInstalled = Problem(
        status: .notFound, code: "docs_not_installed",
        detail: "Set API_DOCS_PATH to a folder that install_api_docs of ci/environment.sh has filled; /openapi.json is here all the same."
    )
}
