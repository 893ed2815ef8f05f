import Contracts
import Foundation
import HTTPTypes
import TestSupport
import Testing

extension Stories {
    @Suite struct PolicyStoryTests {
        private static let path = "/api/v1/escalation/policies"

        /// Scenario D1: primary at 0, secondary 5 later, the manager 10 later, once again after 15.
        private static func d1(_ manager: String) -> String {
            """
            {"name":"d1","conditions":{"services":["checkout"]},"repeat":{"times":1,"after_minutes":15},
             "exhausted":{"restart_after_minutes":10080},"steps":[
              {"delay_minutes":0,"actions":[{"type":"notify","targets":[{"type":"on_call","role":"primary"}]}]},
              {"delay_minutes":5,"actions":[{"type":"notify","targets":[{"type":"on_call","role":"secondary"}]}]},
              {"delay_minutes":10,"actions":[{"type":"notify","targets":[{"type":"user","user_id":"\(manager)"}]}]}]}
            """
        }

        private static func manager(_ tocsin: TocsinSystem) async throws -> String {
            let answer = try await tocsin.send(
                "POST", .incidentManagement, "/api/v1/users", bearer: tocsin.token,
                body: #"{"email":"manager@example.org","role":"responder","password":"\#(TocsinSystem.password)"}"#)
            return try #require(try answer.json["id"]?.string, "\(answer.body)")
        }

        @Test func scenarioD1IsPagedOnTheDotAndTheWhatIfSaidSo() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                let made = try await tocsin.send(
                    "POST", .incidentManagement, Self.path, bearer: tocsin.token, body: Self.d1(try await Self.manager(tocsin)))
                #expect(made.status == 201, "\(made.body)")
                let plan = try await tocsin.send(
                    "POST", .incidentManagement, Self.path + "/simulate", bearer: tocsin.token,
                    body: #"{"alert":{"service":"checkout","severity":"critical","team":"payments"}}"#
                ).json
                #expect(plan["chosen_by"]?.string == "conditions" && plan["complete"]?.bool == true, "\(plan.serialized)")
                let planned = (plan["moments"]?.array ?? []).flatMap { moment in
                    (moment["pages"]?.array ?? []).map { "\(moment["minute"]?.integer ?? -1) \($0["email"]?.string ?? "")" }
                }
                #expect(try tocsin.mailed().isEmpty)

                let id = try #require(try await tocsin.alert("checkout", team: "payments")["incident_id"]?.string)
                var happened: [String] = []
                for minute in 0...90 {
                    if minute > 0 { try await tocsin.advance(minutes: 1) } else { try await tocsin.settle() }
                    happened += try tocsin.mailed().dropFirst(happened.count).map { "\(minute) \($0)" }
                }
                let pages = [
                    "0 alice@example.org", "5 bob@example.org", "15 manager@example.org", "30 alice@example.org", "35 bob@example.org",
                    "45 manager@example.org",
                ]
                #expect(happened == pages)
                #expect(planned == pages)
                let kinds = try await tocsin.timeline(id)
                #expect(kinds.count { $0 == "escalation_repeated" } == 1)
                #expect(kinds.count { $0 == "escalation_exhausted" } == 1)
                let events = try await tocsin.send(
                    "GET", .incidentManagement, "/api/v1/escalation/events?incident=\(id)&limit=2", bearer: tocsin.token)
                #expect(try events.json.array?.map { $0["step"]?.integer } == [2, 1])
                #expect(try events.json.array?.first?["pages"]?.array?.first?["status"]?.string == "sent")
                let state = try await tocsin.send("GET", .incidentManagement, "/api/v1/incidents/\(id)/escalation", bearer: tocsin.token)
                #expect(try state.json["state"]?.string == "exhausted")
                #expect(try state.json["policy"]?["name"]?.string == "d1")
            }
        }

        @Test func policyEditedDuringAnIncidentCountsForTheNextOne() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                let made = try await tocsin.send(
                    "POST", .incidentManagement, Self.path, bearer: tocsin.token, body: Self.d1(try await Self.manager(tocsin)))
                let id = try #require(try made.json["id"]?.string)
                let running = try #require(try await tocsin.alert("checkout", team: "payments")["incident_id"]?.string)
                try await tocsin.settle()
                let steps = #"{"steps":[{"actions":[{"type":"notify","targets":[{"type":"admins"}]}]}]}"#
                let changed = try await tocsin.send(
                    "PATCH", .incidentManagement, "\(Self.path)/\(id)", bearer: tocsin.token, headers: ["If-Match": "\"1\""], body: steps)
                #expect(changed.status == 200, "\(changed.body)")
                #expect(try changed.json["name"]?.string == "d1")
                let late = try await tocsin.send(
                    "PATCH", .incidentManagement, "\(Self.path)/\(id)", bearer: tocsin.token, headers: ["If-Match": "\"1\""], body: steps)
                #expect(late.status == 412)
                try await tocsin.advance(minutes: 5)
                #expect(try tocsin.mailed() == ["alice@example.org", "bob@example.org"])
                #expect(try await tocsin.act("resolve", on: running).status == 200)
                try await tocsin.alert("checkout", severity: "high", message: "5xx above 2 %", team: "payments")
                try await tocsin.settle()
                #expect(try tocsin.mailed().last == TocsinSystem.admin)
                let gone = try await tocsin.send("DELETE", .incidentManagement, "\(Self.path)/\(id)", bearer: tocsin.token)
                #expect(gone.status == 204)
                #expect(try await tocsin.send("GET", .incidentManagement, "\(Self.path)/\(id)", bearer: tocsin.token).status == 404)
                let audit = try await tocsin.send(
                    "GET", .incidentManagement, "/api/v1/audit?object=policy:\(id)", bearer: tocsin.token)
                #expect(try audit.json.array?.map { $0["action"]?.string } == ["policy.delete", "policy.update", "policy.create"])
            }
        }

        @Test func policiesBelongToAdminsAndFaultsAreNamed() async throws {
            try await TocsinSystem.run { tocsin in
                _ = try await Self.manager(tocsin)
                let login = try await tocsin.send(
                    "POST", .incidentManagement, "/api/v1/auth/login/access-token",
                    body: #"{"username":"manager@example.org","password":"\#(TocsinSystem.password)"}"#)
                let responder = try login.json["access_token"]?.string
                let page = #"{"actions":[{"type":"notify","targets":[{"type":"admins"}]}]}"#
                func create(_ body: String, by token: String?) async throws -> HTTPCall {
                    try await tocsin.send("POST", .incidentManagement, Self.path, bearer: token, body: body)
                }
                let body = #"{"name":"rest","is_default":true,"steps":[\#(page)]}"#
                #expect(try await create(body, by: responder).status == 403)
                #expect(try await create(body, by: nil).status == 401)
                #expect(try await create(body, by: tocsin.token).status == 201)
                let twin = try await create(body, by: tocsin.token)
                #expect(twin.status == 409)
                #expect(try twin.json["code"]?.string == "name_taken")
                let second = try await create(#"{"name":"second","is_default":true,"steps":[\#(page)]}"#, by: tocsin.token)
                #expect(second.status == 201)
                let list = try await tocsin.send("GET", .incidentManagement, Self.path, bearer: responder)
                #expect(try list.json.array?.map { $0["is_default"]?.bool } == [false, true])
                let wrong = try await create(
                    #"{"name":"x","steps":[{"actions":[{"type":"notify","targets":[{"type":"user"}]}]}],"colour":1}"#, by: tocsin.token)
                #expect(wrong.status == 422)
                #expect(
                    try wrong.json["errors"]?.array?.map { $0["pointer"]?.string } == ["/steps/0/actions/0/targets/0/user_id", "/colour"])
            }
        }

        @Test func unsavedPolicyIsGoneThroughWithItsPeopleChannelsAndReasons() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.schedule("payments", primary: "alice", secondary: "bob")
                let plan = try await tocsin.send(
                    "POST", .incidentManagement, Self.path + "/simulate", bearer: tocsin.token,
                    body: """
                        {"alert":{"service":"x","severity":"low","team":"payments"},"at":"2026-03-08T03:00:00Z","policy":{"name":"new",
                         "repeat":{"times":0,"after_minutes":30},"steps":[
                          {"actions":[{"type":"notify","message":"look","targets":[{"type":"on_call","role":"secondary"}]}],
                           "gate":{"type":"time","from":"08:00","to":"20:00"}},
                          {"delay_minutes":5,"actions":[{"type":"notify","targets":[{"type":"on_call","role":"primary","team":"nobody"}]}]},
                          {"delay_minutes":5,"actions":[{"type":"set_severity","severity":"critical"},{"type":"notify","targets":[{"type":"admins"}]}]}]}}
                        """)
                #expect(plan.status == 200, "\(plan.body)")
                let moments = try plan.json["moments"]?.array ?? []
                #expect(moments.map { $0["kind"]?.string } == ["held", "paged", "level_skipped", "paged", "exhausted"])
                #expect(moments.map { $0["minute"]?.integer } == [0, 300, 305, 305, 335])
                #expect(moments[0]["reason"]?.string == "outside_hours" && moments[0]["until"]?.string == "2026-03-08T08:00:00Z")
                #expect(moments[1]["pages"]?.array?.first?["email"]?.string == "bob@example.org")
                #expect(moments[1]["pages"]?.array?.first?["deliveries"]?.array?.first?["channel"]?.string == "email")
                #expect(moments[2]["reason"]?.string == "nobody_on_call")
                #expect(moments[3]["severity"]?.string == "critical")
                // Nothing of it is on anybody's record.
                let asked = try await tocsin.send("GET", .onCall, "/api/v1/escalations", bearer: tocsin.token)
                #expect(try asked.json.array?.isEmpty == true)
                #expect(try tocsin.mailed().isEmpty)
            }
        }
    }
}
