import Contracts
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ServiceKit
import TestSupport
import Testing
import WebUI

/// What is refused before anybody else is asked.
@Suite struct RefusalTests {
    private static let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

    private func send(
        _ method: HTTPRequest.Method, _ path: String, accept: String?, _ fields: HTTPFields = [:], body: String? = nil
    ) async throws -> (status: Int, type: String, headers: HTTPFields, text: String) {
        let settings = ["INTERNAL_SECRET": "web-test-secret-4f9d2c1b7a6e5d8c0123456789", "PUBLIC_URL": "http://pages.example"]
        let boot = try Bootstrap(
            peer: .webUI, settings: Settings(settings), logger: LogRecorder().logger, clock: ManualClock(), host: "127.0.0.1", port: 0)
        let daemon = try await buildWebUI(boot)
        let headers = accept.map { HTTPFields(fields + [HTTPField(name: .accept, value: $0)]) } ?? fields
        return try await daemon.application.test(.router) { client in
            try await client.execute(uri: path, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) }) { answer in
                (answer.status.code, answer.headers[.contentType] ?? "", answer.headers, String(buffer: answer.body))
            }
        }
    }

    private static let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]

    @Test(arguments: ["/foo", "/incidents", "/incidents/abc", "/incidents/0", "/incidents/1/acknowledge/again"])
    func aBrowserGetsAPageWhereThereIsNothing(path: String) async throws {
        let page = try await send(.get, path, accept: Self.browser)
        #expect(page.status == 404)
        #expect(page.type == "text/html; charset=utf-8")
        #expect(page.text.contains("There is n") && page.text.contains(#"href="/""#))
        #expect(page.headers[.contentSecurityPolicy]?.contains("style-src 'self'") == true)
        for accept in [nil, "*/*", "application/json"] {
            let document = try await send(.get, path, accept: accept)
            #expect(document.status == 404 && document.type == "application/problem+json")
        }
    }

    @Test func aFormFromElsewhereIsToldSoAndNotOfRoles() async throws {
        var foreign = Self.form
        foreign[.origin] = "https://evil.example"
        for fields in [Self.form, foreign] {
            for path in ["/login", "/logout", "/incidents/1/resolve"] {
                let page = try await send(.post, path, accept: Self.browser, fields, body: "username=a&password=b")
                #expect(page.status == 403 && page.type == "text/html; charset=utf-8")
                #expect(page.text.contains("not sent from our own pages") && !page.text.contains("role"))
                #expect(page.text.contains(#"href="/login""#))
                let document = try await send(.post, path, accept: "application/json", fields, body: "username=a&password=b")
                #expect(document.status == 403 && document.type == "application/problem+json")
                #expect(document.text.contains(#""code":"forbidden""#) && document.text.contains("not sent from our own pages"))
            }
        }
    }

    @Test(arguments: ["", "csrf=", "csrf=00ff"]) func aFormOfAnotherSessionIsToldSo(body: String) async throws {
        var fields = Self.form
        fields[.origin] = "http://pages.example"
        fields[.cookie] = "tocsin_access=a; tocsin_refresh=b; tocsin_form=c"
        let page = try await send(.post, "/incidents/1/acknowledge", accept: Self.browser, fields, body: body)
        #expect(page.status == 403 && page.text.contains("not of your present session") && page.text.contains(#"href="/login""#))
    }

    @Test func anotherMethodKeepsAllowOnItsPage() async throws {
        let page = try await send(.delete, "/login", accept: Self.browser)
        #expect(page.status == 405 && page.type == "text/html; charset=utf-8")
        #expect(page.headers[.allow] == "GET, HEAD, OPTIONS, POST")
    }

    @Test(arguments: ["/?status=closed", "/?status=", "/?status=open&status=resolved"]) func aListThatDoesNotExistIsRefused(path: String)
        async throws
    {
        #expect(try await send(.get, path, accept: Self.browser).status == 400)
        #expect(try await send(.get, "/?status=resolved", accept: Self.browser).status == 303)
    }
}
