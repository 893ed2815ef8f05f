/// What libcurl reported about one mail.
package struct SMTPReply: Sendable, Hashable {
    /// libcurl's own result; 0 is success.
    package let curlCode: Int
    /// The server's last reply, 0 when it said nothing.
    package let code: Int
    package let line: String
    /// Whether any of the mail's content left this machine.
    package let contentLeft: Bool
    /// Whether the mail went over a connection that was already open.
    package let wasReused: Bool

    package init(curlCode: Int, code: Int, line: String, contentLeft: Bool = true, wasReused: Bool = false) {
        self.curlCode = curlCode
        self.code = code
        self.line = line
        self.contentLeft = contentLeft
        self.wasReused = wasReused
    }

    /// RFC 5321 §4.2.1: 4yz may be tried again, 5yz may not; without such a reply the trouble lies on the way.
    package var result: ChannelResult {
        switch (curlCode, code) {
        case (0, _): .accepted(.smtpAccepted, providerID: providerID)
        case (_, 400..<500): .temporary(.smtpTemporary)
        case (_, 530), (_, 534), (_, 535), (_, 538): .permanent(.unauthorized)
        case (_, 500..<600): .permanent(.smtpRejected)
        case (CurlCode.timedOut, _): .temporary(.timeout)
        case (let curl, _) where CurlCode.encryption.contains(curl): .temporary(.tlsFailed)
        default: .temporary(.connectionFailed)
        }
    }

    /// A kept connection that turned out to be dead before anything of the mail was on its way: a new one may be tried at once.
    package var mayGoAgain: Bool {
        wasReused && !contentLeft && curlCode != 0 && curlCode != CurlCode.timedOut && !(400..<600).contains(code)
    }

    /// The server's word for the mail, such as `250 2.0.0 Ok: queued as 4Xyz`.
    private var providerID: String? {
        let text = HeaderText.singleLine(line)
        return text.isEmpty ? nil : String(text.prefix(150))
    }
}

/// The CURLcode values that mean something to us (curl/curl.h; their numbers never change).
private enum CurlCode {
    static let timedOut = 28
    /// SSL connect error, certificate problem, CA file, STARTTLS refused.
    static let encryption: Set<Int> = [35, 58, 59, 60, 64, 77]
}
