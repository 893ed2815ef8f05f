import Foundation
import TestSupport
import Testing

@Suite struct ConfigurationKeyTests {
    private static func text(_ path: String) throws -> String {
        try String(contentsOf: DurableCluster.root.appending(path: path), encoding: .utf8)
    }

    /// The keys that the daemons' sources read.
    private static func keysRead() throws -> Set<String> {
        let reading = try Regex(#"(?:string|optionalString|integer|flag|url|list|secrets?|optionalSecret)\("([A-Z]+_[A-Z_]+|HOST|PORT)""#)
        var keys: Set<String> = []
        for folder in ["Services", "Shared"] {
            let files = FileManager.default.enumerator(at: DurableCluster.root.appending(path: folder), includingPropertiesForKeys: nil)
            while let file = files?.nextObject() as? URL {
                guard file.pathExtension == "swift", !file.path.contains("/CommandLine/") else { continue }
                let source = try String(contentsOf: file, encoding: .utf8)
                for match in source.matches(of: reading) {
                    if let key = match.output[1].substring { keys.insert(String(key)) }
                }
            }
        }
        return keys
    }

    private static func keysDocumented() throws -> Set<String> {
        let line = try Regex(#"(?m)^#?([A-Z][A-Z_]+)="#)
        return Set(try text(".env.example").matches(of: line).compactMap { $0.output[1].substring.map(String.init) })
    }

    @Test func everyKeyThatADaemonReadsIsInTheExample() throws {
        let missing = try Self.keysRead().subtracting(try Self.keysDocumented())
        #expect(missing.isEmpty, "not in .env.example: \(missing.sorted())")
        #expect(try Self.keysRead().count > 20)
    }

    @Test func everyKeyInTheExampleIsRead() throws {
        let sources = try ["Services", "Shared"].flatMap { folder in
            let files = FileManager.default.enumerator(at: DurableCluster.root.appending(path: folder), includingPropertiesForKeys: nil)
            return try (files?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
                .map { try String(contentsOf: $0, encoding: .utf8) }
        }.joined()
        let unread = try Self.keysDocumented().filter { !sources.contains("\"\($0)\"") }
        #expect(unread.isEmpty, "read by nobody: \(unread.sorted())")
    }
}
