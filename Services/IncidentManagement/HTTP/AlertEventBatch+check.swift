import Contracts

extension AlertEventBatch {
    /// Refuses what an incident's row cannot hold: as a fault of ours it would be sent again for ever.
    func check() throws(InvalidFields) {
        guard items.count <= Self.limit else { throw InvalidFields("/items", "must have at most \(Self.limit) items") }
        let faults = items.enumerated().flatMap { index, item in item.faults(at: "/items/\(index)") }
        if !faults.isEmpty { throw InvalidFields(faults) }
    }
}

extension AlertEventMessage {
    /// The columns are `integer`.
    private static let counts = 0...Int(Int32.max)

    fileprivate func faults(at pointer: String) -> [FieldFault] {
        var faults: [FieldFault] = []
        if !Self.counts.contains(groupSeq) { faults.append(FieldFault(pointer: pointer + "/group_seq", detail: Self.rule)) }
        if !Self.counts.contains(alert.alertCount) { faults.append(FieldFault(pointer: pointer + "/alert/alert_count", detail: Self.rule)) }
        if let joined, !Self.counts.contains(joined) { faults.append(FieldFault(pointer: pointer + "/joined", detail: Self.rule)) }
        // The end of an alert changes no title, and its sender may name none.
        if alert.title.isEmpty, kind != .resolve {
            faults.append(FieldFault(pointer: pointer + "/alert/title", detail: "must not be empty"))
        }
        return faults
    }

    private static let rule = "must be from \(counts.lowerBound) to \(counts.upperBound)"
}
