import Foundation

/// Where the PostgreSQL of this test run is, and how to name one of its databases.
struct TestServer: Sendable {
    /// `127.0.0.1:5433`, or empty for a unix socket.
    let authority: String
    /// `host=/tmp/…&port=5433`, or empty.
    let query: String
    /// `127.0.0.1:5433`, for who cannot use the socket.
    let tcpAuthority: String
    let superuser: String
    let superuserPassword: String
    /// Of every role the tests make.
    let rolePassword: String

    func superuserDSN(_ database: String) -> String {
        dsn(database, user: superuser, password: superuserPassword)
    }

    func roleDSN(_ database: String, schema: String) -> String {
        dsn(database, user: "tocsin_\(schema)", password: rolePassword)
    }

    func tcpRoleDSN(_ database: String, schema: String) -> String {
        "postgresql://tocsin_\(schema):\(rolePassword)@\(tcpAuthority)/\(database)"
    }

    private func dsn(_ database: String, user: String, password: String) -> String {
        let secret = password.isEmpty ? "" : ":" + (password.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
        return "postgresql://\(user)\(secret)@\(authority)/\(database)" + (query.isEmpty ? "" : "?\(query)")
    }
}

extension TestServer {
    /// Hosts that a test run may create and drop databases on.
    private static let allowedHosts: Set<String> = ["", "localhost", "127.0.0.1", "::1", "postgres"]

    /// The server that `TOCSIN_TEST_DATABASE_URL` names.
    ///
    /// - Throws: ``TestDatabaseFailure`` when it is not on this machine: tests create roles and drop databases.
    init(url: String) throws {
        guard let parts = URLComponents(string: url), Self.allowedHosts.contains(parts.host ?? "") else {
            throw TestDatabaseFailure("TOCSIN_TEST_DATABASE_URL must name a server on this machine")
        }
        let port = parts.port.map { ":\($0)" } ?? ""
        authority = (parts.host ?? "") + port
        query = parts.percentEncodedQuery ?? ""
        tcpAuthority = authority
        superuser = parts.user ?? "postgres"
        superuserPassword = parts.password ?? ""
        rolePassword = UUID().uuidString.replacing("-", with: "")
    }
}

/// A database for tests could not be had.
struct TestDatabaseFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
