package import Contracts
import Crypto
package import Foundation

/// News of a shift request for one person it concerns.
package struct ShiftRequestNotice: Sendable, Hashable {
    package let request: ShiftRequest
    package let recipient: Responder
    /// In which the person reads times.
    package let zone: Zone

    package init(request: ShiftRequest, recipient: Responder, zone: Zone) {
        self.request = request
        self.recipient = recipient
        self.zone = zone
    }

    /// The end of a request told later than this is of no use: people look at the schedule.
    package static let longestDelay: TimeInterval = 86_400
    /// Shifts a message lists, of the ``ShiftRequest/mostPieces`` a request may have: a mail that somebody reads.
    private static let mostListed = 20

    /// The same for one request, state and person, however often it is reckoned, so that it is told once; its time is that of the news.
    package var pageID: PageID {
        let news = request.decision.map { UUID.version7(at: $0.at) } ?? request.id.rawValue
        let name = "shift-request:1:\(request.id):\(request.state.rawValue):\(recipient.email.lowercased())"
        return PageID(rawValue: news.named(by: SHA256.hash(data: Data(name.utf8))))
    }

    /// What Notification is told; by the person's own rules.
    package var message: PageMessage {
        PageMessage(
            pageID: pageID, firingID: nil, kind: .notice, incidentID: nil, epoch: nil,
            recipient: Recipient(
                userID: nil, name: recipient.name, email: recipient.email, role: request.role.rawValue, reason: "shift_request"),
            urgency: .low, channels: nil,
            message: PageText(subject: subject, body: body, incidentNumber: nil, severity: nil, service: nil, link: nil),
            expiresAt: request.decision?.at.addingTimeInterval(Self.longestDelay) ?? request.expiresAt)
    }

    private var isAsker: Bool { recipient.isSame(as: request.asker) }
}

extension ShiftRequestNotice {
    package var subject: String {
        let asker = request.asker.name
        let first = request.asked.first.map { ": " + zone.reading(of: $0.lowerBound) } ?? ""
        let shift = "shift of \(request.team)\(first)"
        return switch (request.state, isAsker) {
        case (.open, _):
            switch (request.kind, request.recipient) {
            case (.swap, _): "\(asker) asks you to swap a \(shift)"
            case (.cover, nil): "\(asker) asks the team to take a \(shift)"
            case (.cover, _): "\(asker) asks you to take a \(shift)"
            }
        case (.accepted, true): "\(request.decision?.taker?.name ?? "Somebody") takes your \(shift)"
        case (.accepted, false): "You take a \(shift)"
        case (.declined, true): "\(request.recipient?.name ?? "The team") does not take your \(shift)"
        case (.declined, false): "It was declined that you take a \(shift)"
        case (.withdrawn, true): "Your request was taken back: \(shift)"
        case (.withdrawn, false): "\(asker)'s request was taken back: \(shift)"
        case (.expired, true): "Nobody took your \(shift)"
        case (.expired, false): "\(asker)'s request has expired: \(shift)"
        case (.void, true): "Your request is void: \(shift)"
        case (.void, false): "\(asker)'s request is void: \(shift)"
        }
    }

    package var body: String {
        let asker = isAsker ? "You" : request.asker.name
        var lines = [outcome, "", "As \(request.role.rawValue) of \(request.team):"] + list(request.asked)
        if !request.returned.isEmpty { lines += ["", "\(asker) \(isAsker ? "take" : "takes") in return:"] + list(request.returned) }
        if let reason = request.reason, !reason.isEmpty { lines += ["", "Reason: \(reason)"] }
        return (lines + ["", "Request \(request.id)"]).joined(separator: "\n")
    }

    private var outcome: String {
        switch request.state {
        case .open:
            let path = "/api/v1/oncall/shift-requests/\(request.id)"
            return "\(request.asker.name) asks for these shifts to be taken, until \(time(request.expiresAt)).\n"
                + "POST \(path)/accept takes them, POST \(path)/decline says no."
        case .accepted: return "\(request.decision?.taker?.name ?? "Somebody") has these shifts of \(request.asker.name) now."
        case .declined: return "These shifts stay \(request.asker.name)'s: the request was declined."
        case .withdrawn: return "These shifts stay \(request.asker.name)'s: the request was taken back."
        case .expired: return "These shifts stay \(request.asker.name)'s: nobody accepted in time."
        case .void: return "The schedule has changed: these shifts are not as they were when they were asked for."
        }
    }

    private func list(_ pieces: [Range<Date>]) -> [String] {
        pieces.prefix(Self.mostListed).map { "- \(time($0.lowerBound)) until \(time($0.upperBound))" }
            + (pieces.count > Self.mostListed ? ["- and \(pieces.count - Self.mostListed) more"] : [])
    }

    private func time(_ instant: Date) -> String { "\(zone.reading(of: instant)) (\(instant.rfc3339))" }
}

extension UUID {
    /// A UUIDv7 of the same millisecond with the digest's bytes for the random ones.
    fileprivate func named(by digest: SHA256.Digest) -> UUID {
        var bytes = uuid
        withUnsafeMutableBytes(of: &bytes) { bytes in
            for (index, byte) in digest.enumerated() where (6..<bytes.count).contains(index) { bytes[index] = byte }
        }
        bytes.6 = 0x70 | (bytes.6 & 0x0F)
        bytes.8 = 0x80 | (bytes.8 & 0x3F)
        return UUID(uuid: bytes)
    }
}
