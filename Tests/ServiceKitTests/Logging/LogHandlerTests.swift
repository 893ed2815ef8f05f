import Foundation
import Logging
import ServiceKit
import Synchronization
import Testing

@Suite struct LogHandlerTests {
    final class Lines: LogOutput {
        private let kept = Mutex<[[UInt8]]>([])
        func write(_ line: [UInt8]) { kept.withLock { $0.append(line) } }
        var all: [[UInt8]] { kept.withLock { $0 } }
        var text: String { String(decoding: all.joined(), as: UTF8.self) }
    }

    private func logger(_ lines: Lines, _ format: LogSettings.Format = .json, level: Logger.Level = .info) -> Logger {
        Logger(label: "kit") { ServiceLogHandler(label: $0, service: "web-ui", format: format, level: level, output: lines) }
    }

    private func object(_ lines: Lines) throws -> [String: Any] {
        let line = try #require(lines.all.first)
        return try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
    }

    @Test func lineIsOneObjectWithECSKeys() throws {
        let lines = Lines()
        logger(lines).warning(
            "something odd",
            metadata: ["incident.id": "i-1", "event.duration": .stringConvertible(17), "nested": ["a": "b"], "list": ["x", "y"]])
        let line = try object(lines)
        #expect(line["log.level"] as? String == "warning")
        #expect(line["message"] as? String == "something odd")
        #expect(line["service.name"] as? String == "web-ui")
        #expect(line["service.version"] as? String == ServiceVersion.current)
        #expect(line["incident.id"] as? String == "i-1")
        #expect(line["event.duration"] as? Int == 17)
        #expect(line["nested.a"] as? String == "b")
        #expect(line["list"] as? String == "x, y")
        #expect((line["@timestamp"] as? String)?.hasSuffix("Z") == true)
        #expect(lines.all.count == 1)
        #expect(lines.all.first?.last == 0x0A)
    }

    static let hostile =
        "a\r\n{\"log.level\":\"error\",\"message\":\"fake\"}\n\u{0}\u{1B}[31m\u{7F}\u{85}\u{200B}\u{202E}\u{2066}\u{2028}\u{FEFF}\u{E0041}\"\\é😀"

    @Test(arguments: LogSettings.Format.allCases)
    func hostileTextCannotForgeALine(format: LogSettings.Format) throws {
        let lines = Lines()
        logger(lines, format).info("\(Self.hostile)", metadata: ["\(Self.hostile)": "\(Self.hostile)"])
        let bytes = try #require(lines.all.first)
        #expect(bytes.filter { $0 == 0x0A }.count == 1)
        #expect(bytes.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F })
        let text = String(decoding: bytes, as: UTF8.self)
        for scalar in ["\u{85}", "\u{200B}", "\u{202E}", "\u{2066}", "\u{2028}", "\u{FEFF}", "\u{E0041}"] {
            #expect(!text.unicodeScalars.contains(scalar.unicodeScalars.first ?? " "))
        }
        if format == .json { #expect(try object(lines)["message"] as? String == Self.hostile) }
    }

    @Test(arguments: LogSettings.Format.allCases)
    func secretsAreRedactedByKey(format: LogSettings.Format) {
        let lines = Lines()
        var logger = logger(lines, format)
        for key in [
            "authorization", "Cookie", "set-cookie", "x-api-key", "X_API_KEY", "password", "old.password", "access_token", "token",
            "client_secret", "routing_key", "webhook-signature",
        ] {
            logger[metadataKey: key] = "canary-5d2c"
        }
        logger.info(
            "signed in", metadata: ["http.request.headers": ["Authorization": "Bearer canary-5d2c"], "secret": .array(["canary-5d2c"])])
        #expect(!lines.text.contains("canary"))
        #expect(lines.text.contains("redacted"))
    }

    @Test func reservedKeysCannotBeOverwritten() throws {
        let lines = Lines()
        logger(lines).info("real", metadata: ["message": "fake", "log.level": "error", "@timestamp": "never"])
        #expect(String(decoding: lines.all[0], as: UTF8.self).components(separatedBy: "\"message\"").count == 2)
        #expect(try object(lines)["message"] as? String == "real")
    }

    @Test func lineIsBounded() {
        let lines = Lines()
        let long = String(repeating: "x", count: 1_000_000)
        let many = Dictionary(uniqueKeysWithValues: (0..<1_000).map { ("k\($0)", Logger.MetadataValue.string(long)) })
        logger(lines).info("\(long)", metadata: many)
        #expect(lines.all[0].count < 65 * 4_200)
    }

    @Test func errorAndTraceAreNamed() throws {
        struct Oops: Error {}
        let lines = Lines()
        let trace = TraceContext.accepting(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", requestID: "r-9")
        TraceContext.$current.withValue(trace) { logger(lines).error("failed", error: Oops()) }
        let line = try object(lines)
        #expect(line["error.type"] as? String == "Oops")
        #expect(line["trace.id"] as? String == "0af7651916cd43dd8448eb211c80319c")
        #expect(line["http.request.id"] as? String == "r-9")
    }
}
