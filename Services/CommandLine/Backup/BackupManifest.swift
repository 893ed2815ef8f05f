import Contracts
import Foundation

/// What the database says of itself at the snapshot of a back-up.
struct BackupFacts: Decodable {
    let snapshot: String
    let createdAt: String
    let serverVersion: String
    let database: String
    let schemas: [String: Int]
    let counts: [String: Int]
}

/// The dump as it lies on disk.
struct DumpFile: Codable, Equatable {
    let bytes: Int
    let sha256: String
}

/// What a back-up is: written beside the dump, read before a restore and compared after it.
struct BackupManifest: Codable {
    /// Rises when an older `tocsin restore` could not read it any more.
    static let currentFormat = 1

    let format: Int
    let createdAt: String
    let serverVersion: String
    let database: String
    /// The newest migration of each schema.
    let schemas: [String: Int]
    /// Rows of each table, partitions counted with their table.
    let counts: [String: Int]
    let dump: DumpFile

    init(_ facts: BackupFacts, dump: DumpFile) {
        format = Self.currentFormat
        createdAt = facts.createdAt
        serverVersion = facts.serverVersion
        database = facts.database
        schemas = facts.schemas
        counts = facts.counts
        self.dump = dump
    }
}

/// Why a back-up or a restore did not take place.
struct DataCareFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
