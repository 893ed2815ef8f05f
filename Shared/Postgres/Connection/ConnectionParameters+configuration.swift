import CPostgres
import Foundation

extension ConnectionParameters {
    /// - Parameters:
    ///   - role: What the connection is for, as part of `application_name`.
    ///   - deadline: The client's; the server's `statement_timeout` is a tenth less, so that normally the server answers and the connection lives on.
    package init(_ configuration: PostgresConfiguration, role: String, deadline: Duration) {
        var entries: [(String, String)] = [
            // Before the DSN: it may override these.
            ("target_session_attrs", "read-write"),
            ("connect_timeout", "2"),
            ("tcp_user_timeout", "5000"),
            ("keepalives", "1"),
            ("keepalives_idle", "5"),
            ("keepalives_interval", "2"),
            ("keepalives_count", "2"),
            ("application_name", "tocsin-\(configuration.schema)-\(role)"),
            ("dbname", configuration.dsn),
        ]
        entries += configuration.keywords.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        entries.append(("client_encoding", "UTF8"))
        if configuration.usesPreparedStatements {
            let given = Self.option("options", in: configuration.dsn) ?? ""
            entries.append(
                ("options", "\(given) \(Self.serverSettings(deadline, configuration.serverSettings))".trimmingCharacters(in: .whitespaces)))
        }
        self.init(entries)
    }

    /// Set at connect, so that no pooled connection ever runs SET (DBF-6).
    private static func serverSettings(_ deadline: Duration, _ more: [String: String]) -> String {
        let usual = [
            "statement_timeout": String(deadline.milliseconds * 9 / 10),
            "lock_timeout": String(min(1000, deadline.milliseconds / 2)),
            "idle_in_transaction_session_timeout": "5000",
            "synchronous_commit": "on",
            "TimeZone": "UTC",
            "DateStyle": "ISO",
            "bytea_output": "hex",
            // Compiling a statement takes half a second, running one of ours milliseconds; a plan that only looks dear must not be compiled.
            "jit": "off",
        ]
        return usual.merging(more) { _, own in own }.sorted { $0.key < $1.key }.map { "-c \($0.key)=\($0.value)" }.joined(separator: " ")
    }

    /// The value of a keyword in a DSN; nil when it is absent or the DSN is malformed.
    private static func option(_ keyword: String, in dsn: String) -> String? {
        guard let options = PQconninfoParse(dsn, nil) else { return nil }
        defer { PQconninfoFree(options) }
        var option = options
        while let name = option.pointee.keyword {
            if String(cString: name) == keyword { return option.pointee.val.map { String(cString: $0) } }
            option = option.advanced(by: 1)
        }
        return nil
    }

    /// Whether libpq can read the DSN.
    static func isValid(dsn: String) -> Bool {
        guard let options = PQconninfoParse(dsn, nil) else { return false }
        PQconninfoFree(options)
        return true
    }
}

extension Duration {
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + attoseconds / 1_000_000_000_000_000
    }
}
