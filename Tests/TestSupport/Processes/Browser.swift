import Foundation

/// A person in front of the pages, with the cookies of a browser.
package final class Browser {
    private let address: String
    package private(set) var cookies: [String: String] = [:]

    /// Signs in.
    ///
    /// - Parameter address: the `PUBLIC_URL` of the pages: a form from elsewhere is refused.
    package init(_ address: String, user: String, password: String) async throws {
        self.address = address
        let answer = try await submit("/login", ["username": user, "password": password])
        guard answer.status == 303 else { throw ToolFailure("no sign-in at \(address): \(answer.status) \(answer.body)") }
    }

    package func open(_ path: String) async throws -> HTTPCall {
        keep(try await HTTPCall.send("GET", address + path, headers: ["cookie": header]))
    }

    package func submit(_ path: String, _ fields: [String: String]) async throws -> HTTPCall {
        let body = fields.map { "\($0.key)=\($0.value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")" }
        let headers = [
            "content-type": "application/x-www-form-urlencoded", "origin": address, "cookie": header, "x-forwarded-for": "203.0.113.9",
        ]
        return keep(try await HTTPCall.send("POST", address + path, headers: headers, body: body.joined(separator: "&")))
    }

    /// The dashboard's word for each daemon, by the daemon's name.
    package func daemons() async throws -> [String: String] {
        let rows = try await open("/").body.matches(of: #/</span> (\S+) <strong>(\w+)</strong>/#)
        return Dictionary(rows.map { (String($0.output.1), String($0.output.2)) }) { $1 }
    }

    private var header: String { cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }

    /// Line by line, as a browser does: the last of one name counts.
    private func keep(_ answer: HTTPCall) -> HTTPCall {
        for line in (answer.headers["set-cookie"] ?? "").split(separator: "\n") {
            let pair = line.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            cookies[String(pair[0])] = line.contains("Max-Age=0") ? nil : String(pair[1])
        }
        return answer
    }
}
