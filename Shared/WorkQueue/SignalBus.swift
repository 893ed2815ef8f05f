package import ServiceKit

/// Tells workers, here and in the other replicas, that there may be work. Only a doorbell: whoever relies on it also polls.
///
/// Channels are a closed set of short names, as `escalation` or `outbox.notification`.
package protocol SignalBus: Sendable {
    /// This process's bell of a channel, the same one each time.
    func bell(_ channel: String) -> Doorbell
    /// Rings here at once, and in the other replicas soon. Call it after the commit (`tx.afterCommit`), never inside the transaction.
    func ring(_ channel: String)
}
