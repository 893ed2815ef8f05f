import Contracts
import Foundation
import Postgres
import TestSupport
import Testing

extension Stories {
    /// Backs a suite up in the middle of everything, restores it elsewhere two hours later, and looks at what it does.
    @Suite struct RehearsalStoryTests {
        @Test func restoredSuiteIsTheSameAndPagesNobodyUntilAPersonSaysSo() async throws {
            try await TocsinSystem.run { original in
                let ids = try await Self.fill(original)
                try await CommandLineTool.withFolder { folder in
                    let backup = try await CommandLineTool.run(["backup", folder], environment: ["DATABASE_URL": original.database.url])
                    try #require(backup.status == 0, "\(backup.output)")
                    try await withDatabase(migrations: []) { target in
                        let restore = try await CommandLineTool.run(["restore", folder], environment: ["DATABASE_URL": target.url])
                        try #require(restore.status == 0, "\(restore.output)")
                        let (before, after) = (try await Self.counts(original.database), try await Self.counts(target))
                        #expect(before == after)
                        #expect(before["incident.incident"] == 7)
                        try await Self.checkInvariants(target)
                        try await Self.live(on: target, like: original, ids)
                    }
                }
            }
        }

        /// Incidents in every state, pages that wait, a message on its way and a notice; by service, their ids.
        private static func fill(_ tocsin: TocsinSystem) async throws -> [String: String] {
            try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
            var ids: [String: String] = [:]
            for service in ["paged", "acknowledged", "investigated", "resolved", "deleted"] {
                ids[service] = try #require(try await tocsin.alert(service, team: "payments")["incident_id"]?.string)
            }
            try await tocsin.settle()
            #expect(try tocsin.mailed().count == 5)
            for (service, action) in ["acknowledged": "acknowledge", "investigated": "investigate", "resolved": "resolve"] {
                #expect(try await tocsin.act(action, on: ids[service] ?? "").status == 200)
            }
            let deleted = try await tocsin.send(
                "DELETE", .incidentManagement, "/api/v1/incidents/\(ids["deleted"] ?? "")", bearer: tocsin.token)
            #expect(deleted.status == 204)
            try await tocsin.settle()
            // From here on nothing leaves: these two have pages in the queue.
            for service in ["queued", "queued-and-handled"] {
                ids[service] = try #require(try await tocsin.alert(service, team: "payments")["incident_id"]?.string)
            }
            let notice = try await tocsin.send(
                "POST", .notification, "/api/v1/notify", bearer: tocsin.token,
                body: #"{"message":"The office is closed on Monday","recipient":"\#(TocsinSystem.admin)"}"#)
            #expect(notice.status == 202, "\(notice.body)")
            try await tocsin.settle(without: "delivery-")
            // And this one has not got further than the outbox of alert-ingestion.
            ids["accepted"] = try #require(try await tocsin.alert("accepted", team: "payments")["incident_id"]?.string)
            #expect(try tocsin.mailed().count == 5)
            return ids
        }

        private static func live(on target: TestDatabase, like original: TocsinSystem, _ ids: [String: String]) async throws {
            let mail = try await SMTPReceiver.start()
            defer { mail.stop() }
            let assembly = try Assembly(database: target, mail: mail)
            assembly.clock.set(original.clock.now + 2 * 3600)
            try await assembly.run(as: Assembly.Credentials(token: original.token, ingestKey: original.ingestKey)) { tocsin in
                try await checkHeld(tocsin, ids)
                try await checkReleased(tocsin, ids)
                #expect(tocsin.log.errors.isEmpty, "\(tocsin.log.errors)")
            }
        }

        private static func checkHeld(_ tocsin: TocsinSystem, _ ids: [String: String]) async throws {
            try await tocsin.settle()
            // Alerts come in while paging is held, and people may act.
            try await tocsin.alert("new", team: "payments")
            #expect(try await tocsin.act("acknowledge", on: ids["queued-and-handled"] ?? "").status == 200)
            try await tocsin.advance(minutes: 45)
            #expect(try tocsin.mailed().isEmpty)
            for peer in [Peer.incidentManagement, .notification] {
                let health = try await tocsin.send("GET", peer, "/health")
                #expect(health.status == 200)
                #expect(try health.json["status"]?.string == "degraded")
                #expect(try health.json["checks"]?["paging"]?["detail"]?.string?.hasPrefix("paging_held") == true, "\(health.body)")
                #expect(try await tocsin.send("GET", peer, "/metrics").body.contains("tocsin_paging_held 1"))
            }
            #expect(tocsin.log.entries.filter { $0.message == "paging_held" }.count == 4)
            let refused = try await tocsin.send("POST", .incidentManagement, "/api/v1/paging/release", bearer: tocsin.ingestKey)
            #expect(refused.status == 401)
            let status = try await tool(["paging", "status"], tocsin)
            // paged, queued, accepted and new.
            #expect(status.output.contains("paging_held") && status.output.contains("step due: 4"), "\(status.output)")
        }

        private static func checkReleased(_ tocsin: TocsinSystem, _ ids: [String: String]) async throws {
            let released = try await tool(["paging", "release"], tocsin)
            try #require(released.status == 0, "\(released.output)")
            #expect(released.output.contains("paging goes on"), "\(released.output)")
            try await tocsin.settle()
            // One step each: the next level where the first was paged before the back-up or its page is long past, the first where none was.
            let expected = ["bob@example.org", "bob@example.org", "alice@example.org", "alice@example.org", TocsinSystem.admin]
            #expect(try tocsin.mailed().sorted() == expected.sorted())
            let subjects = try tocsin.mail.mails().filter { $0.rcptTo == ["bob@example.org"] }.count
            #expect(subjects == 2)
            try await tocsin.settle()
            #expect(try await tool(["paging", "release"], tocsin).status == 0)
            try await tocsin.settle()
            #expect(try tocsin.mailed().count == expected.count)
            #expect(try await tocsin.timeline(ids["paged"] ?? "").contains("paging_held"))
            #expect(try await !tocsin.timeline(ids["acknowledged"] ?? "").contains("paging_held"))
            let audit = try await tocsin.send("GET", .incidentManagement, "/api/v1/audit?action=paging.release", bearer: tocsin.token)
            #expect(try audit.json.array?.count == 1)
            for peer in [Peer.incidentManagement, .notification] {
                let health = try await tocsin.send("GET", peer, "/health")
                #expect(try health.json["checks"]?["paging"]?["status"]?.string == "ok", "\(health.body)")
                #expect(try await tocsin.send("GET", peer, "/metrics").body.contains("tocsin_paging_held 0"))
            }
        }

        private static func tool(_ arguments: [String], _ tocsin: TocsinSystem) async throws -> Shell.Outcome {
            try await CommandLineTool.run(
                arguments, environment: ["INCIDENTS_URL": tocsin.urls[.incidentManagement] ?? "", "TOCSIN_TOKEN": tocsin.token])
        }

        /// Rows by table; a hold is what a restore adds.
        private static func counts(_ database: TestDatabase) async throws -> [String: Int] {
            let administrator = database.administrator()
            let tables = try await administrator.api.values(
                String.self,
                """
                SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                 WHERE n.nspname IN ('alerting', 'incident', 'oncall', 'notification') AND c.relkind IN ('r', 'p') AND c.relname <> 'paging_hold'
                """)
            var counts: [String: Int] = [:]
            for table in tables { counts[table] = try await administrator.api.value(Int.self, "SELECT count(*) FROM \(unsafeSQL: table)") }
            return counts
        }

        /// What must hold of a whole suite, across the schemas, as only a superuser can ask it.
        private static let invariants: [(fault: String, rows: String)] = [
            (
                "incident without timeline",
                "incident.incident i WHERE NOT EXISTS (SELECT FROM incident.timeline_entry t WHERE t.incident_id = i.id)"
            ),
            ("open incident without timer", "incident.incident WHERE status = 'open' AND deleted_at IS NULL AND next_step_at IS NULL"),
            (
                "message for nobody we know",
                """
                (SELECT destination FROM alerting.outbox UNION ALL SELECT destination FROM incident.outbox
                 UNION ALL SELECT destination FROM notification.outbox) o
                WHERE destination NOT IN ('incident-management', 'notification.pages', 'notification.epochs', 'alert-ingestion.closed')
                """
            ),
            (
                "queued delivery without a place",
                "notification.delivery d WHERE state = 'queued' AND NOT EXISTS (SELECT FROM notification.delivery_queue q WHERE q.id = d.id)"
            ),
            (
                "place without a queued delivery",
                "notification.delivery_queue q WHERE NOT EXISTS (SELECT FROM notification.delivery d WHERE d.id = q.id AND d.state = 'queued')"
            ),
            (
                "promised page that nobody has",
                """
                incident.page p WHERE status = 'pending' AND NOT EXISTS (SELECT FROM notification.page n WHERE n.id = p.id)
                AND NOT EXISTS (SELECT FROM incident.outbox o WHERE o.message_id = p.id)
                """
            ),
            (
                "group without an alert",
                "alerting.open_group g WHERE NOT EXISTS (SELECT FROM alerting.alert a WHERE a.id = g.latest_alert_id)"
            ),
            (
                "more than one hold, or two",
                "(SELECT count(*) FROM incident.paging_hold i JOIN notification.paging_hold n USING (id)) h WHERE count <> 1"
            ),
        ]

        private static func checkInvariants(_ database: TestDatabase) async throws {
            let administrator = database.administrator()
            for (fault, rows) in invariants {
                #expect(try await administrator.api.value(Int.self, "SELECT count(*) FROM \(unsafeSQL: rows)") == 0, "\(fault)")
            }
        }
    }
}
