/// Which other origins' pages may read our answers: none unless listed in CORS_ALLOWED_ORIGINS. `*` allows all, without credentials.
struct CORSPolicy: Sendable, Hashable {
    enum Grant: Sendable, Hashable { case none, anybody, origin(String) }

    private let origins: Set<String>

    init(_ settings: Settings) throws {
        let list = settings.list("CORS_ALLOWED_ORIGINS")
        for origin in list where origin != "*" && !Self.isOrigin(origin) {
            throw ConfigurationError("CORS_ALLOWED_ORIGINS", "must list origins such as https://status.example.org, or be *")
        }
        origins = Set(list)
    }

    private static func isOrigin(_ text: String) -> Bool {
        let rest = text.hasPrefix("https://") ? text.dropFirst(8) : text.hasPrefix("http://") ? text.dropFirst(7) : ""
        return !rest.isEmpty && !rest.contains { "/?#@ ".contains($0) }
    }

    func grant(_ origin: String) -> Grant {
        if origins.contains(origin) { return .origin(origin) }
        return origins.contains("*") ? .anybody : .none
    }
}
