import CCurl
package import Contracts
import ServiceLifecycle

/// E-mail over SMTP.
package struct EmailChannel: Channel, Service {
    package let kind = ChannelKind.email
    private let sender: MailSender
    private let pool: SMTPPool

    /// - Parameter connections: mails under way at a time; each has a thread and a connection of its own.
    package init(_ server: SMTPServer, from sender: MailSender, connections: Int) {
        _ = Self.isCurlReady
        self.sender = sender
        pool = SMTPPool(server, limit: connections)
    }

    package func send(_ message: OutgoingMessage, deadline: Duration) async -> ChannelResult {
        guard let recipient = MailAddress(message.address) else { return .permanent(.invalidAddress) }
        let mail = MailMessage(message, from: sender)
        return await pool.send(mail.content, from: sender.address.text, to: recipient.text, deadline: deadline).result
    }

    /// Holds the connections until the daemon stops, then says goodbye to the server.
    package func run() async throws {
        try? await gracefulShutdown()
        await pool.close()
    }

    private static let isCurlReady = tocsin_curl_global_init() == 0
}
