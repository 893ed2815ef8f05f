/// A user-given URL taken apart by a parser that knows one spelling only; what is called is put together again from the parts.
///
/// Foundation is no filter: it folds `①②⑦.0.0.1` to 127.0.0.1 and lets numbers pass as names.
package struct EgressURL: Sendable, Hashable {
    /// Bytes of a URL: no service we know needs more.
    package static let sizeLimit = 2_048
    /// Where HTTP services live; anything else is likelier a port scan.
    package static let ports: Set<Int> = [80, 443, 8443]

    let isSecure: Bool
    let host: EgressHost
    let port: Int
    /// Path and query, beginning with `/`.
    private let target: String

    package init(_ text: String) throws(EgressError) {
        guard text.utf8.count <= Self.sizeLimit else { throw .malformed(.tooLong) }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !Self.refused.contains($0) }) else { throw .malformed(.characters) }
        guard !text.utf8.contains(UInt8(ascii: "#")) else { throw .malformed(.fragment) }
        let rest: Substring
        if text.lowercased().hasPrefix("https://") {
            isSecure = true
            rest = text.dropFirst("https://".count)
        } else if text.lowercased().hasPrefix("http://") {
            isSecure = false
            rest = text.dropFirst("http://".count)
        } else {
            throw .malformed(.scheme)
        }
        let authority = rest.prefix { $0 != "/" }
        guard !authority.contains("@") else { throw .malformed(.userInfo) }
        (host, port) = try Self.hostAndPort(authority, defaultPort: isSecure ? 443 : 80)
        let path = rest.dropFirst(authority.count)
        target = path.isEmpty ? "/" : String(path)
    }

    /// The URL in one spelling; nothing in it can be read two ways.
    package var text: String {
        "\(isSecure ? "https" : "http")://\(host.urlText):\(port)\(target)"
    }

    /// The host alone, which tells nothing that a path or query may keep secret.
    package var hostText: String { host.urlText }

    /// Characters no URL has (RFC 3986 §2) that some parser treats as `/`, as a quote or as an end.
    private static let refused = Set("\\\"<>^`{|}".utf8)

    private static func hostAndPort(_ authority: Substring, defaultPort: Int) throws(EgressError) -> (EgressHost, Int) {
        var hostText = authority
        var port = defaultPort
        let afterBracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterBracket...].firstIndex(of: ":") {
            let digits = authority[authority.index(after: colon)...]
            guard (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let number = Int(digits), (1...65_535).contains(number)
            else { throw .malformed(.port) }
            port = number
            hostText = authority[..<colon]
        }
        guard let host = EgressHost(String(hostText)) else { throw .malformed(.host) }
        return (host, port)
    }
}
