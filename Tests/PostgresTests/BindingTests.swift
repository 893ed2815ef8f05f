import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct BindingTests {
    enum Colour: String, CaseIterable { case red, green }
    enum Level: Int { case low = 1, high = 9 }
    struct Token: RawRepresentable, Hashable { let rawValue: UUID }

    @Test func scalarsComeBackAsTheyWere() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().api
            let instant = Date(timeIntervalSince1970: 1_772_443_800.123456)
            let id = UUID()
            let bytes = Data([0, 1, 92, 39, 255])
            let row = try #require(
                try await db.query(
                    """
                    SELECT \("naïve 'quoted' \\ \"x\" 😀\n")::text AS text, \(-42) AS int, \(Int64.max) AS int64, \(Int32.min) AS int32, \(true) AS yes,
                        \(1.1) AS double, \(-Double.infinity) AS infinite, \(id) AS uuid, \(instant) AS instant, \(bytes) AS bytes,
                        \(JSONText(#"{"a": [1, null]}"#)) AS json, \(""[...])::text AS empty
                    """
                ).first)
            #expect(try row("text") == "naïve 'quoted' \\ \"x\" 😀\n")
            #expect(try row("int") == -42)
            #expect(try row("int64") == Int64.max)
            #expect(try row("int32") == Int32.min)
            #expect(try row("yes") == true)
            #expect(try row("double") == 1.1)
            #expect(try row("infinite") == -Double.infinity)
            #expect(try row("uuid") == id)
            #expect(try row("instant") == instant)
            #expect(try row("bytes") == bytes)
            #expect(try row("json") == JSONText(#"{"a": [1, null]}"#))
            #expect(try row("empty") == "")
        }
    }

    @Test func nothingIsNullAndComesBackAsNothing() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().api
            let row = try #require(
                try await db.query(
                    """
                    SELECT \(nil as String?)::text AS text, \(nil as Int?) AS int, \(nil as Date?) AS date, \(nil as Token?) AS token,
                        \(nil as [Int]?) AS list
                    """
                ).first)
            #expect(try row("text", as: String?.self) == nil)
            #expect(try row("int", as: Int?.self) == nil)
            #expect(try row("date", as: Date?.self) == nil)
            #expect(try row("token", as: Token?.self) == nil)
            #expect(try row("list", as: [Int]?.self) == nil)
            #expect(throws: PostgresError.self) { try row("int", as: Int.self) }
        }
    }

    @Test func rawValuesStandForTheirTypes() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().api
            let token = Token(rawValue: UUID())
            let row = try #require(
                try await db.query(
                    """
                    SELECT \(Colour.green)::text AS colour, \(Level.high) AS level, \(token) AS token, \(Colour.red as Colour?)::text AS maybe,
                        \(Colour.allCases) AS colours, \([token]) AS tokens, \([Level.low, nil]) AS levels
                    """
                ).first)
            #expect(try row("colour") == Colour.green)
            #expect(try row("level") == Level.high)
            #expect(try row("token") == token)
            #expect(try row("maybe", as: Colour?.self) == .red)
            #expect(try row("colours") == Colour.allCases)
            #expect(try row("tokens") == [token])
            #expect(try row("levels", as: [Int?].self) == [1, nil])
            #expect(try await db.value(Token.self, "SELECT \(token)") == token)
            #expect(try await db.firstValue(Colour.self, "SELECT 'red'::text WHERE \(false)") == nil)
            let error = try await failure { _ = try await db.value(Colour.self, "SELECT 'mauve'::text") }
            #expect(error.kind == .decoding)
        }
    }

    @Test func arraysKeepEveryElement() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().api
            let texts: [String?] = ["", nil, "NULL", "null", "a,b", "{}", "say \"hi\"", "back\\slash", " ", "é😀", "new\nline"]
            try await expectEcho(texts, db)
            try await expectEcho([] as [String], db)
            try await expectEcho([UUID(), UUID()], db)
            try await expectEcho([0, -1.5, 4e9].map { Date(timeIntervalSince1970: $0) }, db)
            try await expectEcho([1, nil, Int.min], db)
            try await expectEcho([Int64.max], db)
            try await expectEcho([Int32.max], db)
            try await expectEcho([true, nil, false], db)
            try await expectEcho([0.1, 1e300], db)
            try await expectEcho([Data(), Data([0, 255, 34, 92])], db)
            try await expectEcho([JSONText("[1]"), nil], db)
            let error = try await failure { _ = try await db.value([String].self, "SELECT \(["a", "b\u{0}c"])") }
            #expect(error.kind == .invalidValue)
            let refused = try await failure { _ = try await db.value([Date].self, "SELECT \([Date(timeIntervalSince1970: .infinity)])") }
            #expect(refused.sqlState == "22008")
        }
    }

    private func expectEcho<Element: PostgresArrayElement & Equatable>(_ values: [Element], _ db: PostgresLane) async throws {
        let whole = try await db.value([Element].self, "SELECT \(values)")
        #expect(whole == values)
        let rows = try await db.values(Element.self, "SELECT unnest(\(values))")
        #expect(rows == values)
    }

    @Test func columnsOfABatchUnnestTogether() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().api
            let changed = try await db.execute(
                """
                INSERT INTO store.item (id, name, count)
                SELECT id, name, count FROM unnest(\([10, 11]), \(["ten", "el\"even"]), \([0, 5])) AS batch (id, name, count)
                """
            )
            #expect(changed == 2)
            #expect(try await db.value(String.self, "SELECT name FROM store.item WHERE id = \(11)") == "el\"even")
        }
    }

    @Test(arguments: ["a\0b", "\0", "a\0"]) func nulIsRefusedBeforeItIsSent(text: String) async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().api
            for statement in ["SELECT \(text)::text", "SELECT \([text])", "SELECT \(JSONText(text))"] as [SQL] {
                let error = try await failure { try await db.execute(statement) }
                #expect(error.kind == .invalidValue)
                #expect(!error.isTransient)
            }
            #expect(try await db.value(Int.self, "SELECT 1") == 1)
        }
    }

    @Test(arguments: ["'; DROP TABLE store.item; --", "$1", "\\'; SELECT 1", "1 OR true", "%", "{}", "\"", "E'\\x41'"])
    func injectedTextStaysData(text: String) async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().api
            try await db.execute("INSERT INTO store.item (id, name) VALUES (\(3), \(text))")
            #expect(try await db.values(String.self, "SELECT name FROM store.item WHERE name = \(text)") == [text])
            #expect(try await db.values(String.self, "SELECT name FROM store.item WHERE name = ANY(\([text]))") == [text])
            #expect(try await db.value(Int.self, "SELECT count(*) FROM store.item") == 3)
        }
    }

    @Test func statementsAreMadeOfFragments() async throws {
        let conditions: [SQL] = ["a = \(1)", "b = \("x")"]
        let statement: SQL = "SELECT \(unsafeSQL: "c") FROM t WHERE \(fragment: conditions.joined(" AND ")) LIMIT \(5)"
        #expect(statement.text == "SELECT c FROM t WHERE a = $1 AND b = $2 LIMIT $3")
    }

    @Test func instantsKeepTheirMicroseconds() async throws {
        try await Fixture.run { fixture in
            let db = fixture.database().api
            for seconds in [0, -0.000001, 1_772_443_800.999999, 951_782_399.5, -62_135_596_800, 253_402_300_799, 4_102_444_800.000001] {
                let instant = Date(timeIntervalSince1970: seconds)
                let again: Date = try await db.value(Date.self, "SELECT \(instant)")
                #expect(abs(again.timeIntervalSince(instant)) < 0.000002)
                #expect(try await db.value(Bool.self, "SELECT \(again) = \(instant)"))
                let epoch = try await db.value(Double.self, "SELECT extract(epoch FROM \(instant))::float8")
                #expect(abs(epoch - seconds) < 0.00001)
            }
            #expect(
                try await db.value(Date.self, "SELECT '2026-03-08 04:30:00+05:45'::timestamptz")
                    == Date(timeIntervalSince1970: 1_772_923_500))
            let forever = try await failure { _ = try await db.value(Date.self, "SELECT 'infinity'::timestamptz") }
            #expect(forever.kind == .decoding)
            let never = try await failure { _ = try await db.query("SELECT \(Date(timeIntervalSince1970: .infinity))") }
            #expect(never.sqlState == "22007")
        }
    }
}
