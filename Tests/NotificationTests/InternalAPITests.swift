import Auth
import Contracts
import Foundation
import HTTPTypes
import Notification
import ServiceKit
import TestSupport
import Testing

@Suite struct InternalAPITests {
    @Test func aPageGoesAllTheWay() async throws {
        let channel = RecordingChannel(.email)
        try await withNotification(channels: [channel]) { api in
            let page = Samples.page().message
            let answer = try await api.tell(InternalPath.pages, PageBatch(items: [page]))
            #expect(answer.status == 202)
            #expect(answer.text == #"{"items":[{"page_id":"\#(page.pageID)"}]}"#)
            #expect(try await api.tell(InternalPath.pages, PageBatch(items: [page])).text == answer.text)
            try await api.tick("delivery-mail")
            #expect(channel.sent.map(\.pageID) == [page.pageID])
            try await api.tick("outbox-incident-management")
            #expect(api.incidents.outcomes.map(\.result) == [.sent])
            #expect(api.incidents.outcomes.map(\.pageID) == [page.pageID])
            let shown = try await api.send(.get, "/api/v1/notifications/\(page.pageID)", as: .viewer)
            #expect(shown.json["status"]?.string == "sent")
            let attempts = shown.json["deliveries"]?.array?.first?["attempts"]?.array
            #expect(attempts?.map { $0["status"]?.string } == ["accepted"])
        }
    }

    @Test func previewTellsTheChannelsAndLeavesNothingBehind() async throws {
        try await withNotification(channels: [RecordingChannel(.email)]) { api in
            let page = Samples.page().message
            let answer = try await api.tell(InternalPath.pagePreviews, PageBatch(items: [page]))
            #expect(answer.status == 200)
            #expect(answer.text.contains(#""deliveries":[{"channel":"email","delay_minutes":0}]"#), "\(answer.text)")
            #expect(try await api.send(.get, "/api/v1/notifications/\(page.pageID)", as: .viewer).status == 404)
        }
    }

    @Test func anEpochEndsItsPages() async throws {
        let channel = RecordingChannel(.email)
        try await withNotification(channels: [channel]) { (api) async throws in
            let page = Samples.page().message
            _ = try await api.tell(InternalPath.pages, PageBatch(items: [page]))
            let incident = try #require(page.incidentID)
            let raised = EpochRaisedBatch(items: [EpochRaised(incidentID: incident, epoch: 2, reason: "acknowledged")])
            let answer = try await api.tell(InternalPath.epochs, raised)
            #expect(answer.status == 200 && answer.text == #"{"cancelled":1}"#)
            try await api.tick("delivery-mail")
            #expect(channel.sent.isEmpty)
        }
    }

    @Test(arguments: [InternalPath.pages, InternalPath.epochs]) func onlyDaemonsMayTell(_ path: String) async throws {
        try await withNotification { (api) async throws in
            #expect(try await api.send(.post, path, "{}").status == 401)
            #expect(try await api.send(.post, path, "{}", as: .admin).status == 403)
        }
    }

    @Test func aRequestThatIsTooLongOrBrokenIsRefusedWhole() async throws {
        try await withNotification { api in
            let pages = (0...PageBatch.limit).map { _ in Samples.page().message }
            let tooMany = try await api.tell(InternalPath.pages, PageBatch(items: pages))
            #expect(tooMany.status == 422 && tooMany.pointers == ["/items"])
            #expect(try await api.tell(InternalPath.pages, ["items": "none"]).status == 422)
            let token = try api.tokens.make(from: .incidentManagement, to: .notification)
            let broken = try await api.send(.post, InternalPath.pages, #"{"items":["#, headers: [.authorization: "Bearer \(token)"])
            #expect(broken.status == 400)
            #expect(try await api.send(.get, "/api/v1/notifications", as: .viewer).text == "[]")
        }
    }

    @Test func outcomesWaitWhileIncidentManagementIsAway() async throws {
        try await withNotification { api in
            let page = Samples.page(recipient: Samples.recipient(email: "")).message
            _ = try await api.tell(InternalPath.pages, PageBatch(items: [page]))
            api.incidents.goAway(true)
            try await api.tick("outbox-incident-management")
            #expect(api.incidents.outcomes.isEmpty)
            api.incidents.goAway(false)
            api.clock.advance(by: .seconds(60))
            try await api.tick("outbox-incident-management")
            #expect(api.incidents.outcomes.map(\.reason) == ["no_contact_method"])
        }
    }

    @Test func healthSaysWhenThereIsNoMail() async throws {
        try await withNotification { api in
            let answer = try await api.send(.get, "/health")
            #expect(answer.status == 200 && answer.text.contains("SMTP_URL"))
        }
        try await withNotification(settings: ["SMTP_URL": "smtp://127.0.0.1:9?starttls=off", "MAIL_FROM": "a@example.org"]) {
            (api) async throws in
            #expect(try await !api.send(.get, "/health").text.contains("SMTP_URL"))
        }
    }

    @Test(arguments: [
        (["SMTP_URL": "nonsense", "MAIL_FROM": "a@example.org"], "SMTP_URL"),
        (["SMTP_URL": "smtp://mail", "MAIL_FROM": "nobody"], "MAIL_FROM"),
        (["EGRESS_ALLOW": "nonsense"], "EGRESS_ALLOW"), (["SMTP_CONNECTIONS": "0"], "SMTP_CONNECTIONS"),
        (["SIMULATE_UNCONFIGURED_CHANNELS": "maybe"], "SIMULATE_UNCONFIGURED_CHANNELS"), (["INTERNAL_SECRET": "short"], "INTERNAL_SECRET"),
    ])
    func aWrongSettingStopsTheStartAndNamesItsKey(settings: [String: String], key: String) async throws {
        let error = await #expect(throws: ConfigurationError.self) { try await withNotification(settings: settings) { _ in } }
        #expect(error?.key == key)
    }

    @Test func metricsShowZeroFromTheStart() async throws {
        try await withNotification { api in
            let text = try await api.send(.get, "/metrics").text
            for line in [
                #"notifications_sent_total{channel="email",status="sent"} 0"#, #"oncall_notifications_sent_total{channel="webhook"} 0"#,
                "tocsin_permit_fail_open_total 0", #"tocsin_permits_total{result="granted"} 0"#,
            ] {
                #expect(text.contains(line))
            }
        }
    }
}
