import Auth
import Foundation
import ServiceKit
import Testing

@Suite struct SettingsTests {
    private let settings = Settings([
        "NAME": "x", "EMPTY": "", "COUNT": "7", "MANY": "700", "HALF": "1.5", "ON": "Yes", "OFF": "0", "MAYBE": "perhaps",
        "URL": "https://a.example:8443/x", "NOT_URL": "a.example", "FTP": "ftp://a", "LIST": " a, b ,,c", "camelCase_1": "c",
    ])

    @Test func valuesComeByTheirNames() throws {
        #expect(settings.string("NAME", default: "y") == "x")
        #expect(settings.string("MISSING", default: "y") == "y")
        #expect(settings.optionalString("EMPTY") == nil)
        #expect(try settings.integer("COUNT", default: 1, 0...10) == 7)
        #expect(try settings.integer("MISSING", default: 1, 0...10) == 1)
        #expect(try settings.flag("ON", default: false))
        #expect(try settings.flag("OFF", default: true) == false)
        #expect(try settings.url("URL", default: "http://b").port == 8443)
        #expect(settings.list("LIST") == ["a", "b", "c"])
        #expect(settings.list("MISSING").isEmpty)
    }

    @Test func wrongValuesNameTheirKeyOnly() {
        let attempts: [(String, () throws -> Any)] = [
            ("MANY", { try settings.integer("MANY", default: 1, 0...10) }), ("HALF", { try settings.integer("HALF", default: 1, 0...10) }),
            ("MAYBE", { try settings.flag("MAYBE", default: true) }), ("NOT_URL", { try settings.url("NOT_URL", default: "") }),
            ("FTP", { try settings.url("FTP", default: "") }), ("MISSING", { try settings.secret("MISSING") }),
        ]
        for (key, attempt) in attempts {
            let error = #expect(throws: ConfigurationError.self) { try attempt() }
            #expect(error?.key == key)
            #expect(settings.optionalString(key).map { error?.description.contains($0) == false } ?? true)
        }
    }

    @Test(arguments: [
        "short", String(repeating: "a", count: 64), String(repeating: "abc", count: 20), "changeme-changeme-changeme-changeme-0123",
        "please-CHANGE-ME-before-production-1234567890", "your-secret-key-here-0123456789abcdefghij",
        "jwtsecret-0123456789-abcdefghijklmnop",
        "this is an example secret of enough bytes 42",
    ])
    func weakSecretIsRefusedWithoutShowingIt(value: String) {
        let error = #expect(throws: ConfigurationError.self) { try Settings(["KEY": value]).secret("KEY") }
        #expect(error?.key == "KEY")
        #expect(error.map { !"\($0)".contains(value) } ?? false)
    }

    @Test func goodSecretIsTaken() throws {
        let value = "uJ3rKc0mQ9xWv7ZtB1nLd5eHs8aPfYgT4iRo6bXk"
        #expect(try Settings(["KEY": value]).secret("KEY").reveal() == value)
    }

    @Test func secretMayComeFromAFile() throws {
        let value = "uJ3rKc0mQ9xWv7ZtB1nLd5eHs8aPfYgT4iRo6bXk"
        let file = FileManager.default.temporaryDirectory.appending(path: "tocsin-\(UUID().uuidString)")
        try Data((value + "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let settings = Settings(["KEY_FILE": file.path])
        #expect(try settings.secret("KEY").reveal() == value)
        #expect(try settings.optionalSecret("KEY") == Secret(value))
        #expect(try settings.optionalSecret("MISSING") == nil)
    }

    @Test func secretWhoseFileCannotBeReadIsNotAbsent() {
        let settings = Settings(["GONE_FILE": "/nonexistent/secret"])
        let wanted = #expect(throws: ConfigurationError.self) { try settings.secret("GONE") }
        let optional = #expect(throws: ConfigurationError.self) { try settings.optionalSecret("GONE") }
        #expect(wanted?.key == "GONE_FILE" && optional?.key == "GONE_FILE")
    }

    /// As a secret of an orchestrator that nobody filled in.
    @Test(arguments: ["", "\n"]) func emptyFileIsAsGoodAsNone(content: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "tocsin-\(UUID().uuidString)")
        try Data(content.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        #expect(try Settings(["KEY_FILE": file.path]).optionalSecret("KEY") == nil)
        #expect(throws: ConfigurationError.self) { try Settings(["KEY_FILE": "/tmp"]).optionalSecret("KEY") }
    }

    @Test func dotEnvStandsBehindTheEnvironment() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "tocsin-\(UUID().uuidString).env")
        try Data("# comment\nTOCSIN_TEST_ONLY_HERE=from file\nHOME=/from/file\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let settings = try await Settings.load(file: file.path)
        #expect(settings.optionalString("TOCSIN_TEST_ONLY_HERE") == "from file")
        #expect(settings.optionalString("HOME") != "/from/file")
        #expect(try await Settings.load(file: "/nonexistent/.env").optionalString("TOCSIN_TEST_ONLY_HERE") == nil)
    }
}
