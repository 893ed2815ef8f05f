/// A dictionary of bounded size that forgets roughly what was set longest ago: two halves, and the older one goes when the younger is full.
struct BoundedCache<Key: Hashable, Value> {
    private let halfLimit: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    init(limit: Int) { halfLimit = max(1, limit / 2) }

    var count: Int { young.count + old.count }

    subscript(key: Key) -> Value? {
        get { young[key] ?? old[key] }
        set {
            old[key] = nil
            young[key] = newValue
            if young.count >= halfLimit {
                old = young
                young = [:]
            }
        }
    }
}
