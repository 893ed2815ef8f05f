import Foundation
import HTTPTypes
import Hummingbird

/// What a browser keeps of a signed-in person, in cookies that scripts cannot read.
struct PageSession: Sendable {
    let access: String
    let refresh: String
    /// Random, and the same from signing in to signing out: forms are bound to it, because the tokens are renewed while a form is open in another tab.
    let form: String

    /// How long a browser keeps the cookies; the refresh token ends earlier or later by IncidentManagement's rule.
    private static let age = 30 * 86_400
    /// The cookies, without the prefix of those that only https carries.
    private static let accessName = "tocsin_access", refreshName = "tocsin_refresh", formName = "tocsin_form"

    /// A session that begins.
    init(access: String, refresh: String) {
        self.init(access: access, refresh: refresh, form: Self.random())
    }

    private init(access: String, refresh: String, form: String) {
        self.access = access
        self.refresh = refresh
        self.form = form
    }

    /// Nil unless all cookies are there, each once: two of one name are cookie tossing.
    init?(_ request: Request, isSecure: Bool) {
        func cookie(_ name: String) -> String? { Self.cookie(Self.prefix(isSecure) + name, request) }
        guard let access = cookie(Self.accessName), let refresh = cookie(Self.refreshName), let form = cookie(Self.formName)
        else { return nil }
        self.init(access: access, refresh: refresh, form: form)
    }

    /// The same session with new tokens.
    func renewed(access: String, refresh: String?) -> PageSession {
        PageSession(access: access, refresh: refresh ?? self.refresh, form: form)
    }

    func setCookies(_ response: inout Response, isSecure: Bool) {
        Self.set([access, refresh, form], age: Self.age, isSecure, &response)
    }

    static func clearCookies(_ response: inout Response, isSecure: Bool) {
        set(["", "", ""], age: 0, isSecure, &response)
    }

    private static func prefix(_ isSecure: Bool) -> String { isSecure ? "__Host-" : "" }

    /// 128 bits, in hexadecimal because that needs no escaping.
    private static func random() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<2).map { _ in
            let digits = String(generator.next() as UInt64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    private static func cookie(_ name: String, _ request: Request) -> String? {
        let values = request.headers[values: .cookie].flatMap { $0.split(separator: ";") }
            .map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { $0.hasPrefix(name + "=") }
        guard values.count == 1, let value = values.first?.dropFirst(name.count + 1), !value.isEmpty else { return nil }
        return String(value)
    }

    private static func set(_ values: [String], age: Int, _ isSecure: Bool, _ response: inout Response) {
        let secure = isSecure ? "; Secure" : ""
        for (name, value) in zip([accessName, refreshName, formName], values) {
            let cookie = "\(prefix(isSecure))\(name)=\(value); Path=/; Max-Age=\(age); HttpOnly; SameSite=Lax\(secure)"
            response.headers.append(HTTPField(name: .setCookie, value: cookie))
        }
    }
}
