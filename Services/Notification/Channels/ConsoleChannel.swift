package import Contracts
package import Logging

/// Stands in for a provider nobody configured, when the operator asked for that: writes the message to the log and calls it sent.
package struct ConsoleChannel: Channel {
    package let kind: ChannelKind
    private let logger: Logger

    package init(kind: ChannelKind, logger: Logger) {
        self.kind = kind
        self.logger = logger
    }

    package func send(_ message: OutgoingMessage, deadline: Duration) async -> ChannelResult {
        logger.notice(
            "simulated notification",
            metadata: [
                "notification.channel": "\(kind.rawValue)", "notification.address": "\(message.address)",
                "notification.subject": "\(message.text.subject)", "notification.id": "\(message.pageID)",
            ]
        )
        return .accepted(.simulated, providerID: nil)
    }
}
