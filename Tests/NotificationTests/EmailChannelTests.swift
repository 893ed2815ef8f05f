import Auth
import Contracts
import Foundation
import Notification
import TestSupport
import Testing

/// Against a real mail server.
@Suite struct EmailChannelTests {
    private func channel(_ url: String, connections: Int = 2, authorities: String? = nil) throws -> EmailChannel {
        EmailChannel(
            try #require(SMTPServer(url, greeting: "tocsin.example.org", authorities: authorities)),
            from: try #require(MailSender("Tocsin <tocsin@example.org>")), connections: connections)
    }

    @Test func aMailArrivesAsItWasWritten() async throws {
        let receiver = try await SMTPReceiver.start()
        let text = PageText(
            subject: "Störung 🔥", body: ".\r\n.leading dot\n..two dots\nlast .", incidentNumber: 42, severity: .critical,
            service: "checkout",
            link: nil)
        let result = try await channel(receiver.url).send(Samples.message(text: text), deadline: .seconds(10))
        #expect(result == .accepted(.smtpAccepted, providerID: "250 2.0.0 Ok: queued as TEST"))
        let mail = try #require(try receiver.mails().first)
        #expect(mail.mailFrom == "tocsin@example.org" && mail.rcptTo == ["alice@example.org"])
        #expect(mail.messageID == "<page-01960000-0000-7000-8000-000000000001@example.org>")
        #expect(mail.header("References") == "<incident-42@example.org>")
        #expect(mail.data.contains("\r\n.\r\n.leading dot\r\n..two dots\r\nlast .\r\n"))
        let sent = MailMessage(Samples.message(text: text), from: try #require(MailSender("Tocsin <tocsin@example.org>"))).content
        #expect(mail.data.trimmingCharacters(in: .newlines) == sent.trimmingCharacters(in: .newlines))
    }

    @Test func theConnectionIsKeptForTheNextMail() async throws {
        let receiver = try await SMTPReceiver.start()
        let channel = try channel(receiver.url, connections: 1)
        for _ in 1...5 { #expect(await channel.send(Samples.message(), deadline: .seconds(10)).word == "accepted") }
        #expect(Set(try receiver.mails().map(\.session)).count == 1)
    }

    @Test func manyMailsShareABoundedNumberOfConnections() async throws {
        let receiver = try await SMTPReceiver.start()
        let channel = try channel(receiver.url, connections: 3)
        await withTaskGroup(of: Void.self) { group in
            for _ in 1...60 {
                group.addTask { #expect(await channel.send(Samples.message(), deadline: .seconds(10)).word == "accepted") }
            }
        }
        let mails = try receiver.mails()
        #expect(mails.count == 60 && Set(mails.map(\.session)).count <= 3)
    }

    @Test(arguments: [
        (SMTPReceiver.Refusal.Answer.code(451), ChannelResult.temporary(.smtpTemporary)), (.code(550), .permanent(.smtpRejected)),
        (.code(421), .temporary(.smtpTemporary)),
    ])
    func aRefusalMeansWhatItsCodeSays(answer: SMTPReceiver.Refusal.Answer, result: ChannelResult) async throws {
        let receiver = try await SMTPReceiver.start(refusals: [.init("alice@example.org", answer)])
        let channel = try channel(receiver.url)
        #expect(await channel.send(Samples.message(), deadline: .seconds(10)) == result)
        #expect(await channel.send(Samples.message(to: "bob@example.org"), deadline: .seconds(10)).word == "accepted")
    }

    @Test func aGreylistedMailIsTakenTheSecondTime() async throws {
        let receiver = try await SMTPReceiver.start(refusals: [.init("alice@example.org", .code(451), times: 1)])
        let channel = try channel(receiver.url)
        #expect(await channel.send(Samples.message(), deadline: .seconds(10)) == .temporary(.smtpTemporary))
        #expect(await channel.send(Samples.message(), deadline: .seconds(10)).word == "accepted")
        #expect(try receiver.mails().count == 1)
    }

    @Test func aServerThatNeverAnswersCostsTheDeadlineOnly() async throws {
        let receiver = try await SMTPReceiver.start(refusals: [.init("alice@example.org", .stall)])
        let time = ContinuousClock()
        let start = time.now
        #expect(try await channel(receiver.url).send(Samples.message(), deadline: .milliseconds(300)) == .temporary(.timeout))
        #expect(time.now - start < .seconds(30))
    }

    @Test func nobodyListeningIsTemporary() async throws {
        let receiver = try await SMTPReceiver.start()
        receiver.stop()
        #expect(
            try await channel("smtp://127.0.0.1:1?starttls=off").send(Samples.message(), deadline: .seconds(5))
                == .temporary(.connectionFailed))
    }

    @Test func aServerThatWentAwayAndCameBackIsFoundAgain() async throws {
        let first = try await SMTPReceiver.start()
        let channel = try channel(first.url, connections: 1)
        #expect(await channel.send(Samples.message(), deadline: .seconds(5)).word == "accepted")
        let port = first.port
        first.stop()
        var second = try? await SMTPReceiver.start(port: port)
        // The port is free once the first one's process is gone.
        for _ in 0..<20 where second == nil { second = try? await SMTPReceiver.start(port: port) }
        #expect(await channel.send(Samples.message(), deadline: .seconds(5)).word == "accepted")
        #expect(try second?.mails().count == 1)
    }

    @Test func credentialsAreGivenAndWrongOnesAreRefused() async throws {
        let receiver = try await SMTPReceiver.start(user: "tocsin:correct horse")
        let right = try channel("smtp://tocsin:correct%20horse@127.0.0.1:\(receiver.port)?starttls=off")
        #expect(await right.send(Samples.message(), deadline: .seconds(10)).word == "accepted")
        let wrong = try channel("smtp://tocsin:wrong@127.0.0.1:\(receiver.port)?starttls=off")
        let refused = await wrong.send(Samples.message(), deadline: .seconds(10))
        #expect(refused == .permanent(.unauthorized))
    }

    @Test func encryptionIsRequiredWhenItIsAskedFor() async throws {
        let plain = try await SMTPReceiver.start()
        let result = try await channel("smtp://127.0.0.1:\(plain.port)?starttls=required").send(Samples.message(), deadline: .seconds(10))
        #expect(result == .temporary(.tlsFailed))
        #expect(try plain.mails().isEmpty)
    }

    @Test func anAddressThatWouldBreakTheEnvelopeIsNotTried() async throws {
        let result = try await channel("smtp://127.0.0.1:1?starttls=off").send(Samples.message(to: "a@b>\r\nDATA"), deadline: .seconds(1))
        #expect(result == .permanent(.invalidAddress))
    }
}
