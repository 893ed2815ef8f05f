/// What the server says about keeping what it has confirmed.
package struct Durability: RowDecodable {
    private let settings: [String: String]
    private let isInRecovery: Bool

    package init(settings: [String: String], isInRecovery: Bool) {
        self.settings = settings
        self.isInRecovery = isInRecovery
    }

    package init(row: PostgresRow) throws {
        var settings: [String: String] = [:]
        for name in Self.safety + [Self.readOnly] { settings[name] = try row(name) }
        self.settings = settings
        isInRecovery = try row("is_in_recovery")
    }

    private static let safety = ["fsync", "full_page_writes", "synchronous_commit"]
    private static let readOnly = "default_transaction_read_only"

    static let question: SQL = """
        SELECT current_setting('fsync') AS fsync, current_setting('full_page_writes') AS full_page_writes,
            current_setting('synchronous_commit') AS synchronous_commit,
            current_setting('default_transaction_read_only') AS default_transaction_read_only,
            pg_is_in_recovery() AS is_in_recovery
        """

    /// Why a confirmed write may be lost, naming the setting.
    package var losses: [String] { Self.safety.filter { settings[$0] == "off" }.map { "\($0) is off" } }

    /// - Parameter requiresDurability: False where losing data is accepted, as in tests; writing must be possible all the same.
    package func faults(requiresDurability: Bool) -> [String] {
        var faults = requiresDurability ? losses : []
        if settings[Self.readOnly] == "on" { faults.append("\(Self.readOnly) is on") }
        if isInRecovery { faults.append("pg_is_in_recovery() is true") }
        return faults
    }
}

extension PostgresDatabase {
    /// Within it an answer to anybody shows that the server is alive.
    private static var recently: Duration { .seconds(3) }

    func durability(on lane: PostgresLane) async throws -> Durability {
        try await lane.one(Durability.self, Durability.question)
    }

    var hasAnsweredLately: Bool {
        observer.sinceLastAnswer.map { $0 < Self.recently } ?? false
    }
}
