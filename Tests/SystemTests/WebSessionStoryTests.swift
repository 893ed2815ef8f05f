import Contracts
import Foundation
import TestSupport
import Testing

extension Stories {
    /// A person's session in a browser: tabs, renewed tokens, signing out.
    @Suite struct WebSessionStoryTests {
        private func formToken(_ page: HTTPCall) throws -> String {
            let parts = page.body.components(separatedBy: #"name="csrf" value=""#)
            return try #require(parts.dropFirst().first?.split(separator: "\"").first.map(String.init))
        }

        private func run(_ story: @Sendable (TocsinSystem, Browser) async throws -> Void) async throws {
            try await TocsinSystem.run { tocsin in
                try await tocsin.alert("checkout")
                try await tocsin.settle()
                try await story(tocsin, try await tocsin.browser())
            }
        }

        private func audit(_ tocsin: TocsinSystem) async throws -> [String] {
            let entries = try await tocsin.send("GET", .incidentManagement, "/api/v1/audit?limit=50", bearer: tocsin.token).json
            return (entries.array ?? []).compactMap { $0["action"]?.string }
        }

        @Test func whoSignsOutIsSignedOutAlsoWithATokenThatHadToBeRenewed() async throws {
            try await run { tocsin, browser in
                let page = try await browser.open("/incidents/1")
                let access = try #require(browser.cookies["tocsin_access"])
                tocsin.clock.advance(by: .seconds(700))
                let left = try await browser.submit("/logout", ["csrf": try formToken(page)])
                #expect(left.status == 303 && left.headers["location"] == "/login")
                #expect(browser.cookies.isEmpty)
                #expect(try await browser.open("/").headers["location"] == "/login")
                #expect(try await tocsin.send("GET", .incidentManagement, "/api/v1/users/me", bearer: access).status == 401)
            }
        }

        @Test func accessTokenOfWhoSignedOutIsRefusedAtOnce() async throws {
            try await run { tocsin, browser in
                let page = try await browser.open("/")
                let access = try #require(browser.cookies["tocsin_access"])
                #expect(try await tocsin.send("GET", .incidentManagement, "/api/v1/users/me", bearer: access).status == 200)
                _ = try await browser.submit("/logout", ["csrf": try formToken(page)])
                #expect(try await tocsin.send("GET", .incidentManagement, "/api/v1/users/me", bearer: access).status == 401)
            }
        }

        @Test func renewedTokensAreKeptAlsoWhenTheActIsRefused() async throws {
            try await run { tocsin, browser in
                let page = try await browser.open("/incidents/1")
                _ = try await tocsin.act("resolve", on: "1")
                tocsin.clock.advance(by: .seconds(700))
                let late = try await browser.submit("/incidents/1/acknowledge", ["csrf": try formToken(page)])
                #expect(late.status == 409)
                // Longer than a used refresh token may be used again.
                tocsin.clock.advance(by: .seconds(11))
                #expect(try await browser.open("/").status == 200)
                tocsin.clock.advance(by: .seconds(700))
                #expect(try await browser.open("/").status == 200)
                #expect(try await !audit(tocsin).contains("session.reuse"))
            }
        }

        @Test func formOfATabOutlastsTheTokensThatAnotherTabRenewed() async throws {
            try await run { tocsin, browser in
                let page = try await browser.open("/incidents/1")
                tocsin.clock.advance(by: .seconds(700))
                #expect(try await browser.open("/").status == 200)
                let pressed = try await browser.submit("/incidents/1/acknowledge", ["csrf": try formToken(page)])
                #expect(pressed.status == 303, "\(pressed.body)")
                #expect(try await tocsin.incident("1")["status"]?.string == "acknowledged")
                // Not one of another session: a new sign-in begins anew.
                let again = try await tocsin.browser()
                #expect(try await again.submit("/incidents/1/resolve", ["csrf": try formToken(page)]).status == 403)
            }
        }

        @Test func dashboardOfAnEndedSessionLeadsToTheSignInAndNotToAnOutage() async throws {
            try await run { tocsin, browser in
                #expect(try await browser.open("/").status == 200)
                let access = try #require(browser.cookies["tocsin_access"])
                #expect(
                    try await tocsin.send("POST", .incidentManagement, "/api/v1/auth/logout", bearer: access, body: "{}").status == 204)
                let page = try await browser.open("/")
                #expect(page.status == 303 && page.headers["location"] == "/login")
            }
        }

        @Test func incidentPageShowsTheNewestOfALongRecord() async throws {
            try await run { tocsin, browser in
                for number in 1...310 {
                    let comment = #"{"content":"note \#(number) of many"}"#
                    let path = "/api/v1/incidents/1/comments"
                    #expect(
                        try await tocsin.send("POST", .incidentManagement, path, bearer: tocsin.token, body: comment).status == 201)
                }
                let page = try await browser.open("/incidents/1")
                #expect(page.body.contains("note 310 of many") && !page.body.contains("note 5 of many"))
                #expect(page.body.contains("The newest 300 entries"))
                let notes = page.body.components(separatedBy: "note ").dropFirst().map { $0.prefix { $0 != " " } }
                #expect(notes.first == "11" && notes.last == "310")
                let path = "/api/v1/incidents/1/timeline"
                let newest = try await tocsin.send("GET", .incidentManagement, path + "?order=desc&limit=2", bearer: tocsin.token)
                #expect(try newest.json.array?.compactMap { $0["note"]?.string } == ["note 310 of many", "note 309 of many"])
                let next = try #require(newest.headers["link"]?.dropFirst().prefix { $0 != ">" })
                let older = try await tocsin.send("GET", .incidentManagement, String(next), bearer: tocsin.token)
                #expect(try older.json.array?.compactMap { $0["note"]?.string } == ["note 308 of many", "note 307 of many"])
                #expect(try await tocsin.send("GET", .incidentManagement, path + "?order=up", bearer: tocsin.token).status == 400)
            }
        }
    }
}
