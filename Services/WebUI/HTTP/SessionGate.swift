import Foundation
import HTTPTypes
import Hummingbird
import ServiceClients
import ServiceKit

/// Lets signed-in people through, renews their access token, and refuses forms that are not ours.
struct SessionGate: Sendable {
    /// A form of ours is a few hundred bytes.
    private static let formLimit = 16 * 1024

    let incidents: IncidentService
    let tokens: FormToken
    let renderer: PageRenderer
    /// `https://tocsin.example.org`, which a form's Origin must equal.
    let origin: String
    let isSecure: Bool
    let clock: any Clock

    func formToken(_ session: PageSession) -> String { tokens.make(for: session.form) }

    /// Runs `page` for a signed-in person; others are sent to the sign-in page.
    func signedIn(_ request: Request, _ page: (PageSession) async throws -> Response) async throws -> Response {
        guard let session = PageSession(request, isSecure: isSecure) else { return signIn(request) }
        guard AccessExpiry.isOver(session.access, at: clock.now) else { return await shown(request, session, page) }
        let renewed: PageSession
        do {
            guard let tokens = try await incidents.refresh(session.refresh) else { return signIn(request) }
            renewed = session.renewed(access: tokens.accessToken, refresh: tokens.refreshToken)
        } catch {
            return failure(error)
        }
        var response = await shown(request, renewed, page)
        // Also on a refusal: the token that the browser still has is used up, and using it again ends the session as a theft.
        if response.headers[values: .setCookie].isEmpty { renewed.setCookies(&response, isSecure: isSecure) }
        return response
    }

    private func shown(_ request: Request, _ session: PageSession, _ page: (PageSession) async throws -> Response) async -> Response {
        do {
            return try await page(session)
        } catch let refusal as Refusal where refusal.status == 401 {
            return signIn(request)
        } catch {
            return failure(error)
        }
    }

    /// Runs `act` for a form that a page of this person's session sent.
    func submitted(
        _ request: Request, _ context: CallContext, _ act: (PageSession, [String: String]) async throws -> Response
    ) async throws -> Response {
        guard let (_, fields) = try await ownForm(request, context) else { return signIn(request) }
        return try await signedIn(request) { try await act($0, fields) }
    }

    /// The session of a form that one of its pages sent, as the browser has it; nil without a session.
    func ownForm(_ request: Request, _ context: CallContext) async throws -> (session: PageSession, fields: [String: String])? {
        try requireOwnOrigin(request)
        let fields = try await form(request, context)
        guard let session = PageSession(request, isSecure: isSecure) else { return nil }
        guard let token = fields["csrf"], tokens.verify(token, for: session.form) else { throw Problem.staleForm }
        return (session, fields)
    }

    func form(_ request: Request, _ context: CallContext) async throws -> [String: String] {
        guard request.headers[.contentType]?.hasPrefix("application/x-www-form-urlencoded") ?? false else {
            throw Problem.unsupportedMediaType("This is a form.")
        }
        let body = try await request.rawBody(context, limit: Self.formLimit)
        let parts = URLComponents(string: "?" + String(buffer: body).replacing("+", with: "%20"))?.queryItems ?? []
        return Dictionary(parts.map { ($0.name, $0.value ?? "") }) { first, _ in first }
    }

    /// A browser says where a form came from; another site's form is refused even before its token is looked at (reliability AUT-5).
    func requireOwnOrigin(_ request: Request) throws {
        if let site = request.headers[.secFetchSite], site != "same-origin", site != "none" { throw Problem.foreignForm }
        if let from = request.headers[.origin], from != origin, from != "http://\(request.head.authority ?? "")" {
            throw Problem.foreignForm
        }
        if request.headers[.origin] == nil, request.headers[.secFetchSite] == nil { throw Problem.foreignForm }
    }

    /// Sends to the sign-in page, and from there back to where the link of a mail led.
    private func signIn(_ request: Request) -> Response {
        let next = request.method == .get ? ReturnPath(request.uri.path) : nil
        var response = Response(status: .seeOther, headers: [.location: "/login" + (next.map { "?next=\($0.path)" } ?? "")])
        PageSession.clearCookies(&response, isSecure: isSecure)
        return response
    }

    private func failure(_ error: any Error) -> Response {
        let (status, detail): (HTTPResponse.Status, String) =
            switch error {
            case let refusal as Refusal: (HTTPResponse.Status(code: refusal.status), refusal.detail)
            default: (.badGateway, "IncidentManagement cannot be reached. Nothing was changed as far as this page knows: try again.")
            }
        return renderer.response(.failure, FailurePage(title: "That did not work", detail: detail), status: status)
    }
}

extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .origin
}

/// Reads when an access token ends, without judging it: IncidentManagement does that with every call.
enum AccessExpiry {
    /// Seconds before its end in which a token is renewed, so that it does not end on its way.
    private static let margin: Double = 5

    private struct Claims: Decodable {
        let exp: Double
    }

    /// True also for a token that cannot be read: renewing it is the answer to both.
    static func isOver(_ token: String, at now: Date) -> Bool {
        let parts = token.split(separator: ".")
        guard parts.count == 3 else { return true }
        var text = String(parts[1]).replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.count % 4) % 4)
        guard let data = Data(base64Encoded: text), let claims = try? JSONDecoder().decode(Claims.self, from: data) else { return true }
        return claims.exp <= now.timeIntervalSince1970 + margin
    }
}
