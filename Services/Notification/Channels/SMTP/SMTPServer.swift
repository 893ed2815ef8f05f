package import Auth
import Foundation

/// The mail server of `SMTP_URL`: `smtp://user:password@host:port?starttls=required|off` or `smtps://…`.
///
/// Without `starttls` the connection is encrypted when the server offers it, and always when there is a password to protect.
package struct SMTPServer: Sendable, Hashable {
    package enum Encryption: Sendable, Hashable { case off, ifOffered, required }

    /// Scheme, host and port, as libcurl takes it.
    package let url: String
    package let user: String?
    package let password: Secret?
    package let encryption: Encryption
    /// A PEM file of authorities to trust instead of the system's (`SMTP_CA_FILE`).
    package let authorities: String?

    /// Nil for anything that is not such a URL.
    ///
    /// - Parameter greeting: the name this machine gives itself in `EHLO`.
    package init?(_ text: String, greeting: String, authorities: String? = nil) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), let host = parts.host, !host.isEmpty,
            parts.path.isEmpty || parts.path == "/", let encryption = Self.encryption(parts, scheme: scheme)
        else { return nil }
        let port = parts.port ?? (scheme == "smtps" ? 465 : 587)
        guard (1...65_535).contains(port) else { return nil }
        url = "\(scheme)://\(host):\(port)/\(greeting)"
        user = parts.user
        password = parts.password.map { Secret($0) }
        self.encryption = encryption
        self.authorities = authorities
    }

    private static func encryption(_ parts: URLComponents, scheme: String) -> Encryption? {
        switch (scheme, parts.queryItems?.first { $0.name == "starttls" }?.value) {
        case ("smtps", nil), ("smtp", "required"): .required
        case ("smtp", "off"): .off
        case ("smtp", nil): parts.password == nil ? .ifOffered : .required
        default: nil
        }
    }
}
