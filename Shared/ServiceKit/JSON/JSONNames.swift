import Contracts

/// The keys an object has so far. Swift compares text by canonical equivalence, so two spellings of one name are one name here.
struct JSONNames {
    /// Up to here a walk over the members beats hashing.
    private static let walkable = 8

    private var seen: Set<String> = []

    /// False when the key is known already.
    mutating func insert(_ key: String, beside members: [JSONValue.Member]) -> Bool {
        if members.count < Self.walkable { return !members.contains { $0.key == key } }
        if seen.isEmpty { seen.formUnion(members.lazy.map(\.key)) }
        return seen.insert(key).inserted
    }
}
