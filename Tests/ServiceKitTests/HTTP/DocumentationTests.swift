import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import TestSupport
import Testing

@Suite struct DocumentationTests {
    private static let document = APIDocument(#"{"tokenUrl": "http://127.0.0.1:8002/api/v1/auth/login/access-token"}"#)

    private static func kit(_ settings: [String: String] = [:]) -> Kit {
        Kit(document: document, settings: settings)
    }

    /// A folder with the files that the pages need, each with its own name inside.
    private static func assets() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-docs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["swagger-ui.css", "swagger-ui-bundle.js", "redoc.standalone.js"] {
            try Data(name.utf8).write(to: folder.appending(path: name))
        }
        return folder
    }

    @Test func withoutTheirFilesThePagesSayHowToGetThem() async throws {
        try await Self.kit().daemon().application.test(.router) { client in
            for path in ["/docs", "/redoc", "/docs/assets/swagger-ui.css"] {
                let answer = try await client.execute(uri: path, method: .get)
                #expect(answer.status == .notFound)
                #expect(try answer.problem().code == "docs_not_installed")
                #expect(try answer.problem().detail.contains("API_DOCS_PATH"))
            }
            #expect(try await client.execute(uri: "/openapi.json", method: .get).status == .ok)
        }
    }

    @Test func pagesRunTheirOwnFilesOnly() async throws {
        let folder = try Self.assets()
        defer { try? FileManager.default.removeItem(at: folder) }
        try await Self.kit(["API_DOCS_PATH": folder.path]).daemon().application.test(.router) { client in
            for path in ["/docs", "/redoc"] {
                let page = try await client.execute(uri: path, method: .get)
                #expect(page.status == .ok)
                #expect(page.headers[.contentType] == "text/html; charset=utf-8")
                let policy = try #require(page.headers[.contentSecurityPolicy])
                #expect(policy.contains("script-src 'self';") && policy.contains("connect-src 'self' http://127.0.0.1:8002;"))
                #expect(!policy.contains("unsafe"))
                for source in page.text.matches(of: /(?:src|href)="([^"]+)"/) {
                    let asset = try await client.execute(uri: "/\(source.1)", method: .get)
                    #expect(asset.status == .ok, "\(source.1)")
                    #expect(asset.text == source.1.split(separator: "/").last ?? "" || source.1.hasSuffix("start.js"))
                }
                #expect(!page.text.contains("<script>"))
            }
            #expect(try await client.execute(uri: "/docs/assets/..%2f..%2fetc%2fpasswd", method: .get).status == .notFound)
        }
    }

    @Test(arguments: [
        (["INCIDENTS_URL": "https://incidents.example"], "https://incidents.example/api/v1/"),
        (["INCIDENTS_URL": "http://internal:8002", "API_DOCS_SIGN_IN_URL": "https://t.example/i/"], "https://t.example/i/api/v1/"),
        ([:], "http://127.0.0.1:8002/api/v1/"),
    ])
    func documentNamesWhereBrowsersSignIn(settings: [String: String], address: String) async throws {
        try await Self.kit(settings).daemon().application.test(.router) { client in
            let answer = try await client.execute(uri: "/openapi.json", method: .get)
            #expect(answer.headers[.contentType] == "application/json")
            #expect(answer.text == #"{"tokenUrl": "\#(address)auth/login/access-token"}"#)
        }
    }

    @Test func folderThatLacksAFileIsAConfigurationError() throws {
        let folder = try Self.assets()
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.removeItem(at: folder.appending(path: "redoc.standalone.js"))
        #expect(throws: ConfigurationError.self) { try Self.kit(["API_DOCS_PATH": folder.path]).daemon() }
    }
}
