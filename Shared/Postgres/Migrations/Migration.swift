/// One step of a schema's life: append-only, forward-only, one transaction, safe for the previous release (MIG-1).
package struct Migration: Sendable, Hashable {
    package let version: Int
    package let name: String
    package let sql: String
    /// An older binary must not run once this one has been applied.
    package let isBreaking: Bool

    package init(version: Int, name: String, sql: String, isBreaking: Bool = false) {
        self.version = version
        self.name = name
        self.sql = sql
        self.isBreaking = isBreaking
    }

    /// Reads an embedded file `V0001_create_alert.sql`; a first line `-- breaking` marks it breaking.
    ///
    /// A file that is not named so gets version 0, which the migrator refuses.
    package init(file: String, bytes: [UInt8]) {
        let stem = file.split(separator: "/").last.map { $0.hasSuffix(".sql") ? $0.dropLast(4) : $0 } ?? ""
        let parts = stem.split(separator: "_", maxSplits: 1)
        let digits = parts.first.map { $0.hasPrefix("V") ? $0.dropFirst() : "" } ?? ""
        let text = String(decoding: bytes, as: UTF8.self)
        let firstLine = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        self.init(
            version: parts.count == 2 ? Int(digits) ?? 0 : 0,
            name: parts.count == 2 ? String(parts[1]) : String(stem),
            sql: text,
            isBreaking: firstLine.split(separator: " ").elementsEqual(["--", "breaking"])
        )
    }
}
