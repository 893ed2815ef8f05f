import Foundation
import HTTPTypes
import Hummingbird

/// The files of Swagger UI and ReDoc in a folder of this machine; `install_api_docs` of ci/environment.sh fills one.
struct DocumentationAssets: Sendable {
    enum File: String, CaseIterable {
        case swaggerStyle = "swagger-ui.css"
        case swagger = "swagger-ui-bundle.js"
        case redoc = "redoc.standalone.js"

        var contentType: String { self == .swaggerStyle ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8" }
    }

    private let folder: String
    private let files = FileIO()

    /// Nil when `API_DOCS_PATH` is not set; throws ``ConfigurationError`` for a folder that lacks a file.
    init?(_ settings: Settings) throws {
        guard let folder = settings.optionalString("API_DOCS_PATH") else { return nil }
        for file in File.allCases where !FileManager.default.isReadableFile(atPath: folder + "/" + file.rawValue) {
            throw ConfigurationError("API_DOCS_PATH", "names a folder without a readable \(file.rawValue)")
        }
        self.folder = folder
    }

    func response(_ file: File, _ context: CallContext) async throws -> Response {
        Response(
            status: .ok, headers: [.contentType: file.contentType, .cacheControl: DocumentationPage.assetCaching],
            body: try await files.loadFile(path: folder + "/" + file.rawValue, context: context)
        )
    }
}
