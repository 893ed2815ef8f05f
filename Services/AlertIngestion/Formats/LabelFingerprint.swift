/// Prometheus' identity of a label set: FNV-1a-64 over the sorted `name 0xFF value 0xFF`, as 16 hex digits (interop §1.1).
package enum LabelFingerprint {
    private static let offset: UInt64 = 14_695_981_039_346_656_037
    private static let prime: UInt64 = 1_099_511_628_211
    private static let separator: UInt8 = 0xFF

    /// The fingerprint of labels as they were sent, names sorted by bytes.
    package static func text(of labels: [(name: String, value: String)]) -> String {
        var hash = offset
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* prime }
        for label in labels.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
            for byte in label.name.utf8 { add(byte) }
            add(separator)
            for byte in label.value.utf8 { add(byte) }
            add(separator)
        }
        let hex = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - hex.count) + hex
    }
}
