import ArgumentParser
import Contracts

/// The schemas whose daemons send messages to others.
enum OutboxSchema: String, CaseIterable, ExpressibleByArgument {
    case alerting, incident, oncall, notification
}

/// What psql is given to look at buried messages and to put them back; prints one line of JSON.
enum DeadMessageScript {
    /// What is listed at a time: a page of a terminal, and no more than a person reads.
    static let listLimit = 200

    /// The newest first, of one schema or of all.
    static func list(_ schemas: [OutboxSchema]) -> String {
        let tables = schemas.map { schema in
            """
            SELECT '\(schema.rawValue)' AS schema, id, destination, message_id, ordering_key, octet_length(body) AS bytes, reason, last_error,
                   created_at, died_at FROM \(schema.rawValue).outbox_dead
            """
        }
        return """
            SELECT coalesce(jsonb_agg(to_jsonb(m) ORDER BY died_at DESC), '[]') FROM (
              SELECT * FROM (\(tables.joined(separator: " UNION ALL "))) every ORDER BY died_at DESC LIMIT \(listLimit)) m;

            """
    }

    /// Moves messages back to the end of their queue under their own ids, by which receivers know a repetition, with a clean record and without a
    /// deadline, since a person has decided; and says in the audit who did. One statement, so all of it or nothing; what is no longer there is left out.
    /// - Parameter ids: nil for all.
    static func replay(_ schema: OutboxSchema, ids: [Int64]?) -> String {
        let wanted = ids.map { "id = ANY (ARRAY[\($0.map(String.init).joined(separator: ", "))]::bigint[])" } ?? "true"
        return """
            WITH back AS (DELETE FROM \(schema.rawValue).outbox_dead WHERE \(wanted) RETURNING *),
            put AS (
              INSERT INTO \(schema.rawValue).outbox (destination, message_id, ordering_key, body, created_at, run_at)
              SELECT destination, message_id, ordering_key, body, created_at, now() FROM back ORDER BY id
              ON CONFLICT DO NOTHING RETURNING message_id),
            noted AS (
              INSERT INTO incident.audit (at, actor, action, object, before, after)
              SELECT now(), 'database:' || session_user, 'outbox.replay', 'outbox:\(schema.rawValue)',
                     jsonb_build_object('destination', destination, 'reason', reason, 'died_at', died_at),
                     jsonb_build_object('message_id', message_id, 'dead_id', id) FROM back ORDER BY id)
            SELECT jsonb_build_object('dug_up', (SELECT count(*) FROM back), 'queued', (SELECT count(*) FROM put));

            """
    }
}

/// A buried message as it is listed.
struct DeadMessage: Codable {
    let schema: String
    let id: Int64
    let destination: String
    let messageID: String
    let orderingKey: String?
    let bytes: Int
    let reason: String
    let lastError: String?
    let createdAt: String
    let diedAt: String

    /// One line, with what may come from elsewhere last.
    var line: String {
        let error = (lastError ?? "").split(whereSeparator: \.isNewline).joined(separator: " ")
        return [schema, String(id), destination, reason, diedAt, "\(bytes) bytes", error].joined(separator: "\t")
    }
}

/// How many messages were buried and are queued again; fewer, when the same message was waiting already.
struct ReplayCount: Decodable {
    let dugUp: Int
    let queued: Int
}
