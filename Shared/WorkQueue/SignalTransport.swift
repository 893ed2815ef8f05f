/// Carries rings between the replicas of a daemon; what it loses, the poll finds.
package protocol SignalTransport: Sendable {
    /// Hears these channels, perhaps its own sender's rings among them, until the task is cancelled or the service stopped.
    ///
    /// - Parameter onSignal: called on the transport's task; it must not block.
    func listen(to channels: [String], onSignal: @escaping @Sendable (TransportedSignal) -> Void) async throws
    /// Rings channels everywhere.
    func send(_ channels: Set<String>) async throws
}

/// What a transport has heard.
package enum TransportedSignal: Sendable, Hashable {
    /// Listening has just come into force: whatever was rung before may have been missed.
    case scan
    case rung(channel: String)
}
