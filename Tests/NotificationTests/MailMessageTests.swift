import Contracts
import Foundation
import Notification
import Testing

@Suite struct MailMessageTests {
    private func mail(_ message: OutgoingMessage, from: String = "Tocsin <tocsin@alerts.example.org>") throws -> String {
        MailMessage(message, from: try #require(MailSender(from))).content
    }

    @Test func aPageIsTextThenHTMLInOneThread() throws {
        let golden = """
            Date: Sat, 21 Nov 2026 05:51:44 +0000
            From: "Tocsin" <tocsin@alerts.example.org>
            To: "Alice" <alice@example.org>
            Subject: [INC-42] High error rate
            Message-ID: <page-01960000-0000-7000-8000-000000000001@alerts.example.org>
            In-Reply-To: <incident-42@alerts.example.org>
            References: <incident-42@alerts.example.org>
            Auto-Submitted: auto-generated
            X-Auto-Response-Suppress: All
            X-Page-Id: 01960000-0000-7000-8000-000000000002
            X-Incident-Id: 01960000-0000-7000-8000-000000000003
            X-Incident-Number: 42
            X-Incident-Severity: high
            X-Incident-Service: checkout
            MIME-Version: 1.0
            Content-Type: multipart/alternative; boundary="=_tocsin_01960000-0000-7000-8000-000000000001"

            --=_tocsin_01960000-0000-7000-8000-000000000001
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            HTTP 5xx > 10 %

            Incident: #42
            Severity: high
            Service: checkout

            https://tocsin.example.org/incidents/42

            --=_tocsin_01960000-0000-7000-8000-000000000001
            Content-Type: text/html; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            <!DOCTYPE html>
            <html><body>
            <h2>High error rate</h2>
            <p>HTTP 5xx &gt; 10 %</p>
            <table>
            <tr><th align=3D"left">Incident</th><td>#42</td></tr>
            <tr><th align=3D"left">Severity</th><td>high</td></tr>
            <tr><th align=3D"left">Service</th><td>checkout</td></tr>
            </table>
            <p><a href=3D"https://tocsin.example.org/incidents/42">Open the incident</a=
            ></p>
            </body></html>

            --=_tocsin_01960000-0000-7000-8000-000000000001--

            """
        let written = try mail(Samples.message())
        #expect(written == golden.replacingOccurrences(of: "\n", with: "\r\n"))
    }

    @Test func everyAttemptIsTheSameMail() throws {
        #expect(try mail(Samples.message()) == mail(Samples.message()))
    }

    @Test(arguments: [
        "\r\nBcc: eve@example.org", "\nBcc: eve@example.org", "\rBcc: eve@example.org", "\u{2028}Bcc: eve@example.org", "\u{85}Bcc: x",
    ])
    func nothingASenderWritesBecomesAHeader(_ poison: String) throws {
        let text = PageText(
            subject: "Oh" + poison, body: "b", incidentNumber: 7, severity: nil, service: "svc" + poison, link: "https://x" + poison)
        let content = try mail(Samples.message(name: "Alice" + poison, text: text))
        let head = try #require(content.components(separatedBy: "\r\n\r\n").first)
        #expect(!head.components(separatedBy: "\r\n").contains { $0.hasPrefix("Bcc") })
        #expect(!head.replacingOccurrences(of: "\r\n", with: "").contains { $0.isNewline })
    }

    @Test func htmlOfASenderStaysText() throws {
        let text = PageText(
            subject: "<b>", body: "<\u{301}script>alert(1)</script>", incidentNumber: nil, severity: nil, service: nil,
            link: "javascript:alert(1)")
        let content = try mail(Samples.message(text: text))
        let html = try #require(content.components(separatedBy: "text/html").last)
        #expect(!html.contains("<script") && !html.contains("<=CC=81script"))
        #expect(!html.contains("javascript:"))
        #expect(html.contains("&lt;b&gt;"))
    }

    @Test func linesStayWithinSMTPsLimits() throws {
        let text = PageText(
            subject: String(repeating: "ü", count: 400),
            body: String(repeating: "x", count: 5_000) + "\n" + String(repeating: "🔥", count: 500),
            incidentNumber: 1, severity: .low, service: String(repeating: "s", count: 900), link: nil)
        let longest = try mail(Samples.message(text: text)).components(separatedBy: "\r\n").map(\.utf8.count).max() ?? 0
        #expect(longest <= 998)
    }

    @Test(arguments: [
        ("tocsin@example.org", "tocsin@example.org", "example.org"),
        ("Tocsin <tocsin@example.org>", "\"Tocsin\" <tocsin@example.org>", "example.org"),
        ("\"On-call, inc.\" <a@b.example>", "\"On-call, inc.\" <a@b.example>", "b.example"),
        ("Glöckchen <a@b.example>", "=?utf-8?B?R2zDtmNrY2hlbg==?= <a@b.example>", "b.example"),
    ])
    func aSenderIsReadAndWritten(text: String, header: String, host: String) throws {
        let sender = try #require(MailSender(text))
        #expect(sender.header == header)
        #expect(sender.host == host)
    }

    @Test(arguments: ["", "alice", "a@b@c", "a b@example.org", "a@exa\nmple.org", "<a@b>", "a@", "@b", "a,b@example.org", "Alice <>"])
    func whatIsNoAddressIsNoSender(_ text: String) {
        #expect(text == "<a@b>" || MailSender(text) == nil)
        #expect(MailAddress(text) == nil)
    }
}
