import Logging

/// Metadata flattened to dotted keys, sorted, redacted and bounded.
struct LogFields {
    struct Field {
        let key: String
        let value: String
        let isNumber: Bool
    }

    /// What the line has already said.
    private static let reserved: Set<String> = ["@timestamp", "log.level", "message", "service.name", "service.version", "log.logger"]

    private(set) var list: [Field] = []

    init(_ metadata: Logger.Metadata) {
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) { add(key, value) }
    }

    private mutating func add(_ key: String, _ value: Logger.MetadataValue) {
        guard list.count < ServiceLogHandler.mostFields, !Self.reserved.contains(key) else { return }
        if Redaction.hides(key) {
            list.append(Field(key: key, value: Redaction.mark, isNumber: false))
            return
        }
        switch value {
        case .string(let text): list.append(Field(key: key, value: text, isNumber: false))
        case .stringConvertible(let thing): list.append(Field(key: key, value: thing.description, isNumber: thing is any BinaryInteger))
        case .array(let items):
            let text = items.prefix(ServiceLogHandler.mostFields).map(\.description).joined(separator: ", ")
            list.append(Field(key: key, value: text, isNumber: false))
        case .dictionary(let nested):
            for (inner, value) in nested.sorted(by: { $0.key < $1.key }) { add(key + "." + inner, value) }
        }
    }
}
