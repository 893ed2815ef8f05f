package import Contracts

/// The channel for each kind; a kind without a channel of its own is unconfigured.
package struct ChannelDirectory: Sendable {
    private let channels: [ChannelKind: any Channel]

    package init(_ channels: [any Channel]) {
        self.channels = Dictionary(channels.map { ($0.kind, $0) }, uniquingKeysWith: { _, later in later })
    }

    package subscript(_ kind: ChannelKind) -> any Channel {
        channels[kind] ?? UnconfiguredChannel(kind: kind)
    }
}
