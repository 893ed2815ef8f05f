/// Which statements a connection has prepared: the least recently used one makes room.
struct StatementCache {
    struct Key: Hashable {
        let text: String
        let types: [UInt32]
    }

    enum Lookup: Equatable {
        case prepared(String)
        /// Prepare it under this name, after deallocating the other one.
        case prepare(String, evicting: String?)
    }

    private let capacity: Int
    private var names: [Key: (name: String, use: UInt64)] = [:]
    private var uses: UInt64 = 0
    private var made: UInt64 = 0

    init(capacity: Int) {
        self.capacity = capacity
    }

    mutating func lookup(_ key: Key) -> Lookup {
        uses += 1
        if let known = names[key] {
            names[key] = (known.name, uses)
            return .prepared(known.name)
        }
        made += 1
        guard names.count >= capacity, let oldest = names.min(by: { $0.value.use < $1.value.use }) else {
            return .prepare("s\(made)", evicting: nil)
        }
        names[oldest.key] = nil
        return .prepare("s\(made)", evicting: oldest.value.name)
    }

    mutating func insert(_ name: String, for key: Key) {
        names[key] = (name, uses)
    }

    mutating func forget(_ key: Key) {
        names[key] = nil
    }
}
