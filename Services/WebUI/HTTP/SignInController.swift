import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// Signing in and out.
struct SignInController: Sendable {
    let incidents: IncidentService
    let gate: SessionGate
    let renderer: PageRenderer

    func addRoutes(to routes: Routes) {
        routes.get("/login", .open, use: show)
        routes.post("/login", .open, use: signIn)
        routes.post("/logout", .open, use: signOut)
    }

    private struct LoginPage: Sendable {
        let title = "Sign in"
        let user: String? = nil
        let csrf: String? = nil
        let refreshSeconds: Int? = nil
        let notice: String?
        let username: String
        let next: String
        let isInsecure: Bool
    }

    func show(request: Request, context: CallContext) async throws -> Response {
        page(notice: nil, username: "", next: ReturnPath(try request.query("next") ?? ""))
    }

    func signIn(request: Request, context: CallContext) async throws -> Response {
        try gate.requireOwnOrigin(request)
        let fields = try await gate.form(request, context)
        let username = fields["username"] ?? ""
        let next = ReturnPath(fields["next"] ?? "")
        func page(_ notice: String, _ status: HTTPResponse.Status) -> Response {
            self.page(notice: notice, username: username, next: next, status: status)
        }
        do {
            guard let tokens = try await incidents.login(username, fields["password"] ?? ""), let refresh = tokens.refreshToken else {
                return page("E-mail or password is wrong.", .unauthorized)
            }
            var response = Response(status: .seeOther, headers: [.location: next?.path ?? "/"])
            PageSession(access: tokens.accessToken, refresh: refresh).setCookies(&response, isSecure: gate.isSecure)
            return response
        } catch let refusal as Refusal {
            return page(refusal.detail, HTTPResponse.Status(code: refusal.status))
        } catch {
            return page("Signing in is not possible right now: IncidentManagement cannot be reached.", .badGateway)
        }
    }

    func signOut(request: Request, context: CallContext) async throws -> Response {
        // The cookies go in any case; a session that could not be ended there runs out by itself.
        if let session = try await gate.ownForm(request, context)?.session { try? await incidents.logout(session) }
        var response = Response(status: .seeOther, headers: [.location: "/login"])
        PageSession.clearCookies(&response, isSecure: gate.isSecure)
        return response
    }

    private func page(notice: String?, username: String, next: ReturnPath?, status: HTTPResponse.Status = .ok) -> Response {
        let page = LoginPage(notice: notice, username: username, next: next?.path ?? "", isInsecure: !gate.isSecure)
        return renderer.response(.login, page, status: status)
    }
}
