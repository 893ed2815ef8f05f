import Foundation

/// Keeps secrets out of `/proc/<pid>/environ` and out of core files once they have been read (reliability SEC-2).
enum ProcessSecrecy {
    /// Keys whose names do not say that their values carry passwords.
    private static let alsoSecret: Set<String> = ["DATABASE_URL", "SMTP_URL", "REDIS_URL", "FALLBACK_CONTACT"]

    /// To be called before anything else runs: it changes the environment in place.
    static func begin() {
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
        for key in ProcessInfo.processInfo.environment.keys where isSecret(key) { wipe(key) }
    }

    private static func isSecret(_ key: String) -> Bool {
        (Redaction.hides(key) || alsoSecret.contains(key)) && !key.hasSuffix("_FILE")
    }

    private static func wipe(_ key: String) {
        guard let value = getenv(key) else { return }
        memset(value, 0, strlen(value))
    }
}
