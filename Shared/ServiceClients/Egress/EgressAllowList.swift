/// `EGRESS_ALLOW`: places (`host:port`) the operator opened although they are private, plain http, or on an unusual port.
package struct EgressAllowList: Sendable, Hashable {
    private struct Place: Hashable {
        let host: String
        let port: Int
    }

    private let places: Set<Place>

    package static let empty = EgressAllowList(places: [])

    private init(places: Set<Place>) { self.places = places }

    /// Takes entries such as `gotify:8080`, `10.0.0.7:443`, `[fd00::1]:443`; nil when one is none of these.
    package init?(_ entries: [String]) {
        var places: Set<Place> = []
        for entry in entries {
            guard let colon = entry.lastIndex(of: ":"), let port = Int(entry[entry.index(after: colon)...]), (1...65_535).contains(port),
                let host = EgressHost(String(entry[..<colon]))
            else { return nil }
            places.insert(Place(host: host.text, port: port))
        }
        self.init(places: places)
    }

    func contains(_ host: EgressHost, _ port: Int) -> Bool { places.contains(Place(host: host.text, port: port)) }
}
