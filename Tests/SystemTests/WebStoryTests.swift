import Contracts
import Foundation
import TestSupport
import Testing

extension Stories {
    @Suite struct WebStoryTests {
        /// A browser's form: same origin, cookies kept.
        private func submit(
            _ tocsin: TocsinSystem, _ path: String, cookies: String, _ fields: [String: String], from address: String = "203.0.113.9"
        ) async throws -> HTTPCall {
            let body = fields.map { "\($0.key)=\($0.value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")" }.joined(
                separator: "&")
            return try await tocsin.send(
                "POST", .webUI, path,
                headers: [
                    "content-type": "application/x-www-form-urlencoded", "origin": tocsin.urls[.webUI] ?? "", "cookie": cookies,
                    "x-forwarded-for": address,
                ],
                body: body
            )
        }

        private func cookies(_ answer: HTTPCall) -> String {
            (answer.headers["set-cookie"] ?? "").split(separator: "\n").compactMap { $0.split(separator: ";").first }.joined(
                separator: "; ")
        }

        private func formToken(_ page: HTTPCall) throws -> String {
            let parts = page.body.components(separatedBy: #"name="csrf" value=""#)
            let token = try #require(parts.dropFirst().first?.split(separator: "\"").first.map(String.init))
            return token
        }

        private func signIn(_ tocsin: TocsinSystem) async throws -> String {
            let answer = try await submit(
                tocsin, "/login", cookies: "", ["username": TocsinSystem.admin, "password": TocsinSystem.password]
            )
            #expect(answer.status == 303, "\(answer.body)")
            return cookies(answer)
        }

        @Test func personSeesTheIncidentAndAcknowledgesIt() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.alert("checkout", message: "<script>alert(1)</script> is down")
                try await tocsin.settle()
                let cookies = try await signIn(tocsin)
                let page = try await tocsin.send("GET", .webUI, "/", headers: ["cookie": cookies])
                #expect(page.status == 200)
                #expect(page.body.contains("&lt;script&gt;alert(1)&lt;/script&gt; is down"))
                #expect(!page.body.contains("<script>"))

                let pressed = try await submit(tocsin, "/incidents/1/acknowledge", cookies: cookies, ["csrf": try formToken(page)])
                #expect(pressed.status == 303, "\(pressed.body)")
                #expect(try await tocsin.incident("1")["status"]?.string == "acknowledged")
                #expect(try await tocsin.incident("1")["acknowledged_by"]?.string == TocsinSystem.admin)
            }
        }

        @Test func theDashboardShowsHowEachDaemonIs() async throws {
            try await TocsinSystem.run { tocsin in
                let browser = try await tocsin.browser()
                // The story names no contact of last resort, and incident-management says so.
                let expected = Dictionary(
                    uniqueKeysWithValues: Peer.allCases.map { ($0.rawValue, $0 == .incidentManagement ? "degraded" : "ok") })
                // A page that is made while the machine is busy may say unreachable after a second.
                try await eventually("the five are \(expected)") { try await browser.daemons() == expected }
                #expect(try await browser.open("/").body.contains("<small>fallback_contact: "))
            }
        }

        @Test func theLinkOfAMailLeadsToItsIncidentAlsoThroughTheSignIn() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.alert("checkout")
                try await tocsin.settle()
                let stranger = try await tocsin.send("GET", .webUI, "/incidents/1")
                #expect(stranger.status == 303 && stranger.headers["location"] == "/login?next=/incidents/1")
                let form = try await tocsin.send("GET", .webUI, "/login?next=/incidents/1")
                #expect(form.body.contains(#"name="next" value="/incidents/1""#))
                let person = ["username": TocsinSystem.admin, "password": TocsinSystem.password]
                for (next, place) in [("/incidents/1", "/incidents/1"), ("//evil.example/incidents/1", "/"), ("https://evil.example", "/")]
                {
                    let answer = try await submit(tocsin, "/login", cookies: "", person.merging(["next": next]) { $1 })
                    #expect(answer.status == 303 && answer.headers["location"] == place)
                }
            }
        }

        @Test func whatWasResolvedIsFoundFromTheList() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.alert("checkout", message: "invoice\u{202E}fdp.exe")
                try await tocsin.settle()
                try await tocsin.alert("search", message: "still slow")
                try await tocsin.settle()
                let cookies = try await signIn(tocsin)
                let list = try await tocsin.send("GET", .webUI, "/", headers: ["cookie": cookies])
                #expect(list.body.contains("invoicefdp.exe") && list.body.contains(#"href="/?status=resolved""#))
                _ = try await submit(tocsin, "/incidents/1/resolve", cookies: cookies, ["csrf": try formToken(list)])
                let resolved = try await tocsin.send("GET", .webUI, "/?status=resolved", headers: ["cookie": cookies])
                #expect(resolved.status == 200 && resolved.body.contains("<h1>Resolved incidents</h1>"))
                #expect(resolved.body.contains("invoicefdp.exe") && !resolved.body.contains("still slow"))
                #expect(!resolved.body.contains("/incidents/1/resolve") && resolved.body.contains(#"<a href="/">Open incidents</a>"#))
                let open = try await tocsin.send("GET", .webUI, "/?status=open", headers: ["cookie": cookies])
                #expect(open.body.contains("still slow") && !open.body.contains("invoicefdp.exe"))
                let page = try await tocsin.send("GET", .webUI, "/incidents/1", headers: ["cookie": cookies])
                #expect(page.body.contains("<title>#1 invoicefdp.exe") && !page.body.contains("\u{202E}fdp"))
                #expect(try tocsin.mail.mails().contains { $0.header("Subject") == "[INC-1] invoicefdp.exe" })
            }
        }

        @Test func formOfAnotherSiteChangesNothing() async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.alert("checkout")
                try await tocsin.settle()
                let cookies = try await signIn(tocsin)
                let page = try await tocsin.send("GET", .webUI, "/", headers: ["cookie": cookies])
                let token = try formToken(page)
                let forged = [
                    ["content-type": "application/x-www-form-urlencoded", "origin": "https://evil.example", "cookie": cookies],
                    ["content-type": "application/x-www-form-urlencoded", "cookie": cookies],
                    ["content-type": "application/x-www-form-urlencoded", "origin": "null", "cookie": cookies],
                ]
                for headers in forged {
                    let answer = try await tocsin.send("POST", .webUI, "/incidents/1/acknowledge", headers: headers, body: "csrf=\(token)")
                    #expect(answer.status == 403)
                }
                let withoutToken = try await submit(tocsin, "/incidents/1/acknowledge", cookies: cookies, [:])
                #expect(withoutToken.status == 403)
                #expect(try await tocsin.incident("1")["status"]?.string == "open")
            }
        }

        @Test func strangerIsSentToTheSignInPage() async throws {
            try await TocsinSystem.run { tocsin in
                let answer = try await tocsin.send("GET", .webUI, "/")
                #expect(answer.status == 303)
                #expect(answer.headers["location"] == "/login")
                let wrong = try await submit(tocsin, "/login", cookies: "", ["username": TocsinSystem.admin, "password": "wrong-password"])
                #expect(wrong.status == 401)
                #expect(wrong.headers["set-cookie"] == nil)
            }
        }

        @Test func aStrangerBlocksOnlyTheSignInOfItsOwnNetwork() async throws {
            try await TocsinSystem.run { tocsin in
                let (right, wrong) = (
                    ["username": TocsinSystem.admin, "password": TocsinSystem.password],
                    ["username": TocsinSystem.admin, "password": "wrong-password"]
                )
                for _ in 0..<6 { _ = try await submit(tocsin, "/login", cookies: "", wrong, from: "198.51.100.7") }
                #expect(try await submit(tocsin, "/login", cookies: "", right, from: "198.51.100.8").status == 429)
                #expect(try await submit(tocsin, "/login", cookies: "", right, from: "203.0.113.9").status == 303)
                let audit = try await tocsin.send("GET", .incidentManagement, "/api/v1/audit?limit=20", bearer: tocsin.token).json
                let refusals = (audit.array ?? []).filter { $0["action"]?.string == "session.refuse" }
                #expect(!refusals.isEmpty && refusals.allSatisfy { $0["remote_address"]?.string == "198.51.100.7" })
            }
        }

        @Test func nobodyGivesItselfAnAddressAtTheAPI() async throws {
            try await TocsinSystem.run { tocsin in
                let stolen = ["x-tocsin-client": "198.51.100.7", "x-tocsin-peer": tocsin.token, "x-forwarded-for": "198.51.100.7"]
                let body = #"{"username":"\#(TocsinSystem.admin)","password":"wrong-password"}"#
                _ = try await tocsin.send("POST", .incidentManagement, "/api/v1/auth/login/access-token", headers: stolen, body: body)
                let audit = try await tocsin.send("GET", .incidentManagement, "/api/v1/audit?limit=5", bearer: tocsin.token).json
                let refusal = try #require((audit.array ?? []).first { $0["action"]?.string == "session.refuse" })
                #expect(refusal["remote_address"]?.string == "127.0.0.1")
            }
        }
    }
}
