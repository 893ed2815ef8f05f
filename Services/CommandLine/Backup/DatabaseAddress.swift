import Foundation

/// A libpq URL as the environment that libpq's programs read: arguments show in `ps`, so nothing of it goes there.
struct DatabaseAddress {
    let environment: [String: String]

    /// libpq's own names of what a URL may say.
    private static let variables = [
        "host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE", "sslmode": "PGSSLMODE",
        "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY", "passfile": "PGPASSFILE",
        "connect_timeout": "PGCONNECT_TIMEOUT", "target_session_attrs": "PGTARGETSESSIONATTRS", "application_name": "PGAPPNAME",
        "options": "PGOPTIONS", "channel_binding": "PGCHANNELBINDING", "gssencmode": "PGGSSENCMODE",
    ]

    /// - Throws: ``DataCareFailure``, which never shows what is in the URL.
    init(url: String) throws {
        guard let scheme = ["postgresql://", "postgres://"].first(where: { url.hasPrefix($0) }) else {
            throw DataCareFailure("DATABASE_URL must begin with postgresql://")
        }
        let parts = url.dropFirst(scheme.count).split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var place = parts[0]
        var found: [String: String] = [:]
        if let slash = place.firstIndex(of: "/") {
            found["PGDATABASE"] = try Self.decoded(place[place.index(after: slash)...])
            place = place[..<slash]
        }
        if let at = place.lastIndex(of: "@") {
            let user = place[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            found["PGUSER"] = try Self.decoded(user[0])
            if user.count == 2 { found["PGPASSWORD"] = try Self.decoded(user[1]) }
            place = place[place.index(after: at)...]
        }
        let hosts = try place.split(separator: ",").map(Self.host)
        found["PGHOST"] = hosts.map(\.name).joined(separator: ",")
        if hosts.contains(where: { !$0.port.isEmpty }) { found["PGPORT"] = hosts.map(\.port).joined(separator: ",") }
        for setting in (parts.count == 2 ? parts[1] : "").split(separator: "&") {
            let pair = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, let variable = Self.variables[String(pair[0])] else {
                throw DataCareFailure("DATABASE_URL has a parameter that cannot be passed on: \(pair[0])")
            }
            found[variable] = try Self.decoded(pair[1])
        }
        environment = found.filter { !$0.value.isEmpty }
    }

    /// `name`, `name:5432` or `[::1]:5432`.
    private static func host(_ text: Substring) throws -> (name: String, port: String) {
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            return (String(text[text.index(after: text.startIndex)..<end]), String(text[text.index(after: end)...].drop { $0 == ":" }))
        }
        let pair = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        return (try decoded(pair[0]), pair.count == 2 ? String(pair[1]) : "")
    }

    private static func decoded(_ text: Substring) throws -> String {
        guard let decoded = String(text).removingPercentEncoding else { throw DataCareFailure("DATABASE_URL has a broken % in it") }
        return decoded
    }
}
