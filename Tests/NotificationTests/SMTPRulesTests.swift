import Auth
import Notification
import Testing

@Suite struct SMTPRulesTests {
    @Test(arguments: [
        ("smtp://mail.example.org", "smtp://mail.example.org:587/me.example", SMTPServer.Encryption.ifOffered),
        ("smtp://127.0.0.1:2525?starttls=off", "smtp://127.0.0.1:2525/me.example", .off),
        ("smtp://mail:25?starttls=required", "smtp://mail:25/me.example", .required),
        ("smtp://user:pass@mail:2525", "smtp://mail:2525/me.example", .required),
        ("smtp://user:pass@mail:2525?starttls=off", "smtp://mail:2525/me.example", .off),
        ("smtps://mail", "smtps://mail:465/me.example", .required),
    ])
    func aServerIsReadFromItsURL(text: String, url: String, encryption: SMTPServer.Encryption) throws {
        let server = try #require(SMTPServer(text, greeting: "me.example"))
        #expect(server.url == url)
        #expect(server.encryption == encryption)
    }

    @Test func credentialsAreDecodedAndNeverPrinted() throws {
        let server = try #require(SMTPServer("smtp://u%40x:p%3Aw@mail:25", greeting: "me"))
        #expect(server.user == "u@x")
        #expect(server.password == Secret("p:w"))
        #expect(!"\(server)".contains("p:w"))
    }

    @Test(arguments: [
        "", "mail:25", "http://mail", "smtp://", "smtp://mail:99999", "smtp://mail/path", "smtp://mail?starttls=maybe",
        "smtps://m?starttls=off",
    ])
    func whatIsNoServerIsRefused(_ text: String) {
        #expect(SMTPServer(text, greeting: "me") == nil)
    }

    @Test(arguments: [
        (0, 250, "250 2.0.0 Ok: queued as X", ChannelResult.accepted(.smtpAccepted, providerID: "250 2.0.0 Ok: queued as X")),
        (55, 451, "451 later", .temporary(.smtpTemporary)),
        (55, 421, "421 closing", .temporary(.smtpTemporary)),
        (55, 550, "550 no such user", .permanent(.smtpRejected)),
        (55, 552, "552 too big", .permanent(.smtpRejected)),
        (67, 535, "535 wrong password", .permanent(.unauthorized)),
        (67, 454, "454 try later", .temporary(.smtpTemporary)),
        (7, 0, "", .temporary(.connectionFailed)),
        (6, 0, "", .temporary(.connectionFailed)),
        (28, 354, "354 go on", .temporary(.timeout)),
        (60, 220, "220 ready", .temporary(.tlsFailed)),
        (64, 250, "250 no starttls", .temporary(.tlsFailed)),
        (56, 250, "250", .temporary(.connectionFailed)),
    ])
    func repliesMeanWhatTheStandardSays(curl: Int, code: Int, line: String, result: ChannelResult) {
        #expect(SMTPReply(curlCode: curl, code: code, line: line).result == result)
    }

    @Test(arguments: [
        (56, 0, false, true, true),
        (56, 0, true, true, false),
        (56, 0, false, false, false),
        (28, 0, false, true, false),
        (55, 451, false, true, false),
        (0, 250, true, true, false),
    ])
    func onlyADeadReusedConnectionIsTriedAgainAtOnce(curl: Int, code: Int, contentLeft: Bool, reused: Bool, again: Bool) {
        #expect(SMTPReply(curlCode: curl, code: code, line: "", contentLeft: contentLeft, wasReused: reused).mayGoAgain == again)
    }
}
