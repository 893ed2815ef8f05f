import Auth
import CCurl
import Foundation
import Threads

/// One libcurl handle on one thread; its connection to the server stays open from mail to mail.
actor SMTPSession {
    /// Resolving and connecting together (reliability NOT-4).
    private static let connectLimit: Duration = .seconds(3)

    private let executor: ThreadExecutor
    private let server: SMTPServer
    private var handle: SMTPHandle?

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ server: SMTPServer, name: String) {
        self.server = server
        executor = ThreadExecutor(name: name)
    }

    /// The goodbye takes its time, so it is said on the session's own thread, which ends with it.
    isolated deinit {
        handle = nil
        executor.close {}
    }

    /// Says goodbye to the server and gives the handle back; another mail connects anew.
    func close() {
        handle = nil
    }

    func send(_ content: String, from sender: String, to recipient: String, deadline: Duration) -> SMTPReply {
        let clock = ContinuousClock()
        let start = clock.now
        let reply = attempt(content, from: sender, to: recipient, deadline: deadline)
        guard reply.mayGoAgain else { return reply }
        close()
        return attempt(content, from: sender, to: recipient, deadline: deadline - (clock.now - start))
    }

    private func attempt(_ content: String, from sender: String, to recipient: String, deadline: Duration) -> SMTPReply {
        if handle == nil { handle = SMTPHandle() }
        let milliseconds = Int(deadline / .milliseconds(1))
        guard let handle, milliseconds > 0 else { return SMTPReply(curlCode: 28, code: 0, line: "", contentLeft: false) }
        var answer = tocsin_smtp_answer()
        var bytes = content
        withStrings([
            server.url, sender, recipient, server.user, server.user == nil ? nil : server.password?.reveal() ?? "", server.authorities,
        ]) { text in
            bytes.withUTF8 { buffer in
                var mail = tocsin_smtp_mail()
                (mail.url, mail.from, mail.recipient) = (text[0], text[1], text[2])
                (mail.user, mail.password, mail.ca_file) = (text[3], text[4], text[5])
                mail.tls = tls
                mail.content = UnsafeRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
                mail.content_length = buffer.count
                mail.connect_milliseconds = min(milliseconds, Int(Self.connectLimit / .milliseconds(1)))
                mail.total_milliseconds = milliseconds
                tocsin_smtp_send(handle.pointer, &mail, &answer)
            }
        }
        return SMTPReply(
            curlCode: Int(answer.curl_code), code: answer.reply_code, line: line(of: answer), contentLeft: answer.uploaded > 0,
            wasReused: answer.connections == 0
        )
    }

    private var tls: tocsin_smtp_tls {
        switch server.encryption {
        case .off: TOCSIN_SMTP_TLS_OFF
        case .ifOffered: TOCSIN_SMTP_TLS_IF_OFFERED
        case .required: TOCSIN_SMTP_TLS_REQUIRED
        }
    }

    private func line(of answer: tocsin_smtp_answer) -> String {
        withUnsafeBytes(of: answer.reply) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    /// C strings that live as long as the call.
    private func withStrings(_ texts: [String?], _ body: ([UnsafePointer<CChar>?]) -> Void) {
        let copies = texts.map { text in text.flatMap { strdup($0) } }
        defer { for copy in copies { free(copy) } }
        body(copies.map { UnsafePointer($0) })
    }
}

/// Owns a libcurl handle; freeing it says QUIT.
private final class SMTPHandle {
    let pointer: OpaquePointer

    init?() {
        guard let pointer = tocsin_smtp_new() else { return nil }
        self.pointer = pointer
    }

    deinit { tocsin_smtp_free(pointer) }
}
