/// What a restore would meet.
struct RestoreTarget: Decodable {
    let database: String
    let tables: Int
    let missingRoles: [String]
    let daemons: [String]
    let maySetOwners: Bool

    /// Why not to restore here, and what to do about it; nil when nothing stands in the way.
    func refusal(replacing: Bool) -> String? {
        if !maySetOwners { return "this role may not act for the roles of the daemons: restore as a superuser" }
        if !missingRoles.isEmpty {
            return
                "the server has no role \(missingRoles.joined(separator: ", ")): run Shared/Postgres/Layout/roles.sql in this database first"
        }
        if !daemons.isEmpty { return "connected to \(database): \(daemons.joined(separator: ", ")); stop the daemons first" }
        if tables > 0, !replacing {
            return
                "\(database) has \(tables) tables in Tocsin's schemas: restore into an empty database, or give up what is there with --replace"
        }
        return nil
    }
}
