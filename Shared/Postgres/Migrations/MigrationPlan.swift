/// What is to be done, from what the program brings and what the database has; pure.
struct MigrationPlan {
    struct Applied: Sendable {
        let version: Int
        let name: String
        let checksum: String
        let isBreaking: Bool
    }

    /// In order, the ones the database does not have.
    let pending: [Migration]

    /// - Parameters:
    ///   - known: The program's migrations with their checksums.
    ///   - applied: The table's rows.
    /// - Throws: ``MigrationError`` when the two do not go together.
    init(known: [(migration: Migration, checksum: String)], applied: [Applied]) throws(MigrationError) {
        let newest = known.map(\.migration.version).max() ?? 0
        let done = Dictionary(applied.map { ($0.version, $0) }, uniquingKeysWith: { first, _ in first })
        for row in applied where row.version > newest && row.isBreaking {
            throw .newerBreaking(version: row.version, name: row.name, known: newest)
        }
        let newestDone = done.keys.filter { $0 <= newest }.max() ?? 0
        var pending: [Migration] = []
        for (migration, checksum) in known {
            if let row = done[migration.version] {
                guard row.checksum == checksum else { throw .changed(version: migration.version, name: migration.name) }
            } else {
                guard migration.version > newestDone else {
                    throw .outOfOrder(version: migration.version, name: migration.name, applied: newestDone)
                }
                pending.append(migration)
            }
        }
        self.pending = pending
    }
}
