package import Contracts

/// A way to hand a message to a provider.
package protocol Channel: Sendable {
    var kind: ChannelKind { get }
    /// One attempt; never takes longer than `deadline` and never throws: every failure has a reason.
    func send(_ message: OutgoingMessage, deadline: Duration) async -> ChannelResult
}

/// A channel without a provider: no retry helps until somebody configures one.
package struct UnconfiguredChannel: Channel {
    package let kind: ChannelKind

    package init(kind: ChannelKind) {
        self.kind = kind
    }

    package func send(_ message: OutgoingMessage, deadline: Duration) async -> ChannelResult {
        .permanent(.channelUnconfigured)
    }
}
