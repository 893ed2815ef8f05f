import Contracts
import Foundation
import IncidentManagement
import ServiceKit
import Testing

@Suite struct PolicyDraftTests {
    private static func faults(_ body: String) throws -> [String] {
        do {
            _ = try PolicyDraft(try JSONGate.parse(body.utf8))
            return []
        } catch let error as InvalidFields {
            return error.faults.map(\.pointer)
        }
    }

    private static func step(_ action: String, _ more: String = "") -> String {
        #"{"name":"p","steps":[{"actions":[\#(action)]\#(more)}]}"#
    }

    private static let page = #"{"type":"notify","targets":[{"type":"admins"}]}"#

    @Test func everythingAPolicyCanSayIsReadAndShownAgain() throws {
        let body = """
            {"name":"payments","description":"d","position":3,"is_active":true,"is_default":false,
             "conditions":{"severities":["critical"],"services":["checkout"],"teams":["payments"]},
             "repeat":{"times":2,"after_minutes":10},"empty_level":"hold","exhausted":{"page_fallback":true,"restart_after_minutes":60},
             "low_urgency_hours":{"from":"08:00","to":"22:00"},
             "steps":[
              {"delay_minutes":0,"actions":[{"type":"notify","round_robin":true,"channels":["email"],"message":"wake up","targets":[
                {"type":"on_call","role":"primary"},{"type":"on_call","role":"secondary","team":"core"},{"type":"schedule","schedule":"dba"},
                {"type":"user","user_id":"01977a3e-1111-7aaa-8bbb-123456789abc"},{"type":"team"},{"type":"assignees"},{"type":"admins"},
                {"type":"channel","channel":"email","address":"ops@example.org"},{"type":"webhook","url":"https://hooks.example.org/x"}]}],
               "gate":{"type":"time","from":"09:00","to":"17:00","weekdays":["monday"],"time_zone":"Europe/Berlin","otherwise":"skip"}},
              {"delay_minutes":5,"actions":[{"type":"assign","targets":[{"type":"admins"}]},{"type":"set_severity","severity":"critical"},
                {"type":"webhook","url":"https://hooks.example.org/y"}],"gate":{"type":"rate","alerts":5,"minutes":10}},
              {"delay_minutes":5,"actions":[{"type":"set_status","status":"investigating"}]}]}
            """
        let draft = try PolicyDraft(try JSONGate.parse(body.utf8))
        #expect(draft.policy.steps.count == 3)
        #expect(draft.policy.steps[0].targets.count == 9)
        #expect(draft.policy.steps[1].gate == StepGate(.rate(alerts: 5, minutes: 10), otherwise: .wait))
        let text = try WireJSON.encodeText(draft.policy)
        #expect(try WireJSON.decode(EscalationPolicy.self, fromText: text) == draft.policy)
    }

    @Test(arguments: [
        (#"{"name":"p"}"#, ["/steps"]),
        (#"{"name":"p","steps":[]}"#, ["/steps"]),
        (#"{"name":"","steps":[{"actions":[]}]}"#, ["/name", "/steps/0/actions"]),
        (step(#"{"type":"set_severity","severity":"low"}"#), ["/steps"]),
        (step(#"{"type":"shout"}"#), ["/steps/0/actions/0/type"]),
        (step(#"{"type":"notify","targets":[]}"#), ["/steps/0/actions/0/targets"]),
        (
            step(#"{"type":"notify","targets":[{"type":"user","user_id":"x"},{"type":"on_call"}]}"#),
            [
                "/steps/0/actions/0/targets/0/user_id", "/steps/0/actions/0/targets/1/role",
            ]
        ),
        (step(#"{"type":"webhook","url":"http://example.org"}"#), ["/steps/0/actions/0/url"]),
        (step(page, #","delay_minutes":-1"#), ["/steps/0/delay_minutes"]),
        (
            step(page, #","gate":{"type":"time","from":"9","to":"25:00","time_zone":"Mars/Base"}"#),
            [
                "/steps/0/gate/from", "/steps/0/gate/to", "/steps/0/gate/time_zone",
            ]
        ),
        (step(page + #",{"type":"set_status","status":"resolved"}"#), ["/steps/0/actions"]),
        (step(page, #","surprise":1"#), ["/steps/0/surprise"]),
        (#"{"name":"p","conditions":{"severities":["worst"]},"steps":[{"actions":[\#(page)]}]}"#, ["/conditions/severities/0"]),
        (#"{"name":"p","repeat":{"times":99},"steps":[{"actions":[\#(page)]}]}"#, ["/repeat/times"]),
        (#"{"name":"p","exhausted":{"restart_after_minutes":0},"steps":[{"actions":[\#(page)]}]}"#, ["/exhausted/restart_after_minutes"]),
        (
            step(#"{"type":"notify","targets":[{"type":"channel","channel":"sms","address":"+4912345"}]}"#),
            [
                "/steps/0/actions/0/targets/0/channel"
            ]
        ),
    ])
    func everyFaultIsNamedWithItsPlace(_ body: String, pointers: [String]) throws {
        #expect(try Self.faults(body) == pointers)
    }
}
