import Contracts
import Foundation

/// A page as an e-mail (RFC 5322, MIME): text first, then HTML; one incident is one thread.
///
/// Every attempt of a delivery gives the same bytes, so a mailbox that got two can tell.
package struct MailMessage: Sendable {
    private let message: OutgoingMessage
    private let sender: MailSender

    package init(_ message: OutgoingMessage, from sender: MailSender) {
        self.message = message
        self.sender = sender
    }

    /// The whole message with CRLF line ends; dot-stuffing is the transport's work.
    package var content: String {
        let boundary = "=_tocsin_\(message.deliveryID)"
        var output = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        output += "MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"\(boundary)\"\r\n\r\n"
        output += part("text/plain", MailBody.text(message), boundary)
        output += part("text/html", MailBody.html(message), boundary)
        return output + "--\(boundary)--\r\n"
    }

    package var messageID: String { "<page-\(message.deliveryID)@\(sender.host)>" }

    private func part(_ type: String, _ text: String, _ boundary: String) -> String {
        "--\(boundary)\r\nContent-Type: \(type); charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
            + QuotedPrintable.encode(text) + "\r\n"
    }

    private var headers: [(name: String, value: String)] {
        var headers = [
            ("Date", MailDate.text(message.createdAt)),
            ("From", sender.header),
            ("To", recipientHeader),
            ("Subject", HeaderText.encoded(subject)),
            ("Message-ID", messageID),
        ]
        if let number = message.text.incidentNumber {
            headers += [("In-Reply-To", "<incident-\(number)@\(sender.host)>"), ("References", "<incident-\(number)@\(sender.host)>")]
        }
        headers += [("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All"), ("X-Page-Id", message.pageID.description)]
        if let incident = message.incidentID { headers.append(("X-Incident-Id", incident.description)) }
        if let number = message.text.incidentNumber { headers.append(("X-Incident-Number", String(number))) }
        if let severity = message.text.severity { headers.append(("X-Incident-Severity", severity.rawValue)) }
        if let service = message.text.service { headers.append(("X-Incident-Service", HeaderText.encoded(service))) }
        return headers
    }

    /// The prefix is the same in every mail of the incident: readers thread by references and subject.
    private var subject: String {
        guard let number = message.text.incidentNumber else { return message.text.subject }
        let prefix = "[INC-\(number)] "
        return message.text.subject.hasPrefix(prefix) ? message.text.subject : prefix + message.text.subject
    }

    private var recipientHeader: String {
        MailSender.mailbox(name: message.recipientName == message.address ? "" : message.recipientName, address: message.address)
    }
}
