import Auth
import Foundation

/// Where Redis is, and as whom to sign in there.
package struct RedisConfiguration: Sendable, Hashable {
    package static let defaultPort = 6379

    package let host: String
    package let port: Int
    package let database: Int
    /// Redis 6 and later; without one the default user signs in.
    let user: String?
    let password: Secret?

    init(host: String, port: Int = defaultPort, database: Int = 0, user: String? = nil, password: Secret? = nil) {
        self.host = host
        self.port = port
        self.database = database
        self.user = user
        self.password = password
    }

    /// Reads `redis://[[user]:password@]host[:port][/database]`; what is not a letter or digit in user and password is percent-encoded.
    ///
    /// - Throws: ``RedisURLFault``.
    package init(url text: String) throws(RedisURLFault) {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased() else { throw .malformed }
        guard scheme != "rediss" else { throw .encrypted }
        guard scheme == "redis" else { throw .scheme }
        guard let host = parts.host.map({ $0.trimmingCharacters(in: CharacterSet(charactersIn: "[]")) }), !host.isEmpty else { throw .host }
        let port = parts.port ?? Self.defaultPort
        guard Self.ports.contains(port) else { throw .port }
        guard parts.query == nil, parts.fragment == nil else { throw .extras }
        guard let database = Self.database(inPath: parts.path) else { throw .database }
        let user = parts.user.flatMap { $0.isEmpty ? nil : $0 }
        let password = parts.password.flatMap { $0.isEmpty ? nil : $0 }
        guard user == nil || password != nil else { throw .lonelyUser }
        self.init(host: host, port: port, database: database, user: user, password: password.map { Secret($0) })
    }

    static let ports = 1...65_535
    /// As many as a server may be configured for within reason; the usual count is 16.
    static let databases = 0...1023

    /// `""`, `/` or `/<number>`; nil for anything else.
    private static func database(inPath path: String) -> Int? {
        let name = path.drop { $0 == "/" }
        guard path.count - name.count <= 1, !name.isEmpty || path.count <= 1 else { return nil }
        guard !name.isEmpty else { return 0 }
        guard name.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return Int(name).flatMap { databases.contains($0) ? $0 : nil }
    }
}

/// What is wrong with `REDIS_URL`, in words that repeat nothing of it.
package enum RedisURLFault: String, Error, Sendable, Hashable, CaseIterable {
    case malformed = "is not a URL"
    case encrypted = "is rediss://, and Debian's hiredis has no TLS: use redis:// within a private network, or a tunnel"
    case scheme = "must begin with redis://"
    case host = "names no host"
    case port = "has a port that cannot be"
    case lonelyUser = "has a user without a password"
    case database = "must end with a database number, as /0, or with the port"
    case extras = "must not have a query or a fragment"
}

/// Never the user or the password.
extension RedisConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "redis://\(host):\(port)/\(database)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["host": host, "port": port, "database": database]) }
}
