import Auth
package import ServiceKit

extension RedisConfiguration {
    /// Where the settings say Redis is; nil when they do not, and then nothing of it is used.
    ///
    /// Keys: `REDIS_URL` (a secret, so `REDIS_URL_FILE` works), or `REDIS_HOST`, `REDIS_PORT`, `REDIS_DB` and `REDIS_PASSWORD(_FILE)`.
    /// - Throws: `ConfigurationError` naming the key, never the value.
    package static func read(_ settings: Settings) throws -> RedisConfiguration? {
        if let url = try settings.optionalSecret("REDIS_URL") {
            do {
                return try RedisConfiguration(url: url.reveal())
            } catch {
                throw ConfigurationError("REDIS_URL", error.rawValue)
            }
        }
        guard let host = settings.optionalString("REDIS_HOST") else { return nil }
        return RedisConfiguration(
            host: host, port: try settings.integer("REDIS_PORT", default: defaultPort, ports),
            database: try settings.integer("REDIS_DB", default: 0, databases), password: try settings.optionalSecret("REDIS_PASSWORD")
        )
    }
}
