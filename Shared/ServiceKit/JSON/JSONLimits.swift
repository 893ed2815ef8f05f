/// What a document may cost to read. A cap on keys and tokens matters more than one on bytes: 20,000 labels in 249 KB took Foundation 160 ms.
package struct JSONLimits: Sendable, Hashable {
    /// Bytes of the whole body; a longer one is a 413 before it is read.
    package var bytes: Int
    /// Containers within containers: no sender we know nests deeper than 12.
    package var depth: Int
    package var membersPerObject: Int
    /// Values and keys together.
    package var tokens: Int
    /// Characters of a number: a UInt64, a Decimal or a Double with all its digits fit.
    package var numberLength: Int
    /// Bytes of a key. Long keys are never names, and comparing them costs.
    package var keyBytes: Int
    /// Whether the document itself may be an array.
    package var acceptsArray: Bool

    package init(
        bytes: Int, depth: Int = 32, membersPerObject: Int = 256, tokens: Int, numberLength: Int = 32, keyBytes: Int = 1024,
        acceptsArray: Bool = false
    ) {
        self.bytes = bytes
        self.depth = depth
        self.membersPerObject = membersPerObject
        self.tokens = tokens
        self.numberLength = numberLength
        self.keyBytes = keyBytes
        self.acceptsArray = acceptsArray
    }

    /// What people and scripts send.
    package static let api = JSONLimits(bytes: 256 * 1024, tokens: 10_000)
    /// What monitoring tools send: a notification of Alertmanager may hold hundreds of alerts.
    package static let vendor = JSONLimits(bytes: 512 * 1024, tokens: 60_000, acceptsArray: true)
    /// What the daemons send each other: a batch of 200 events with their labels.
    package static let `internal` = JSONLimits(bytes: 4 * 1024 * 1024, membersPerObject: 1024, tokens: 300_000)
}
