import Foundation
import HTTPTypes
import Hummingbird

/// The signed-in person's tokens, kept in cookies that scripts cannot read.
struct PageSession: Sendable {
    let access: String
    let refresh: String

    /// How long a browser keeps the cookies; the refresh token ends earlier or later by IncidentManagement's rule.
    private static let age = 30 * 86_400

    private static func names(_ isSecure: Bool) -> (access: String, refresh: String) {
        isSecure ? ("__Host-tocsin_access", "__Host-tocsin_refresh") : ("tocsin_access", "tocsin_refresh")
    }

    init(access: String, refresh: String) {
        self.access = access
        self.refresh = refresh
    }

    /// Nil without both cookies, and with two of one name (cookie tossing).
    init?(_ request: Request, isSecure: Bool) {
        let names = Self.names(isSecure)
        guard let access = Self.cookie(names.access, request), let refresh = Self.cookie(names.refresh, request) else { return nil }
        self.init(access: access, refresh: refresh)
    }

    private static func cookie(_ name: String, _ request: Request) -> String? {
        let values = request.headers[values: .cookie].flatMap { $0.split(separator: ";") }
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { $0.hasPrefix(name + "=") }
        guard values.count == 1, let value = values.first?.dropFirst(name.count + 1), !value.isEmpty else { return nil }
        return String(value)
    }

    func setCookies(_ response: inout Response, isSecure: Bool) {
        let names = Self.names(isSecure)
        Self.set(names.access, access, Self.age, isSecure, &response)
        Self.set(names.refresh, refresh, Self.age, isSecure, &response)
    }

    static func clearCookies(_ response: inout Response, isSecure: Bool) {
        let names = Self.names(isSecure)
        set(names.access, "", 0, isSecure, &response)
        set(names.refresh, "", 0, isSecure, &response)
    }

    private static func set(_ name: String, _ value: String, _ age: Int, _ isSecure: Bool, _ response: inout Response) {
        let secure = isSecure ? "; Secure" : ""
        response.headers.append(
            HTTPField(name: .setCookie, value: "\(name)=\(value); Path=/; Max-Age=\(age); HttpOnly; SameSite=Lax\(secure)")
        )
    }
}
