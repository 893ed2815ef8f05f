import ArgumentParser
import Foundation

/// Writes a `.env` with fresh secrets, so that a clone starts two commands later.
struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "init", abstract: "Write a .env with fresh secrets.")

    /// Bytes of randomness in each secret.
    private static let secretBytes = 32

    /// Those of the daemons, then those of the containers beside them.
    private static let keys = [
        "INTERNAL_SECRET", "PASSWORD_PEPPER", "SECRETS_KEY", "SETUP_TOKEN", "METRICS_TOKEN", "POSTGRES_PASSWORD",
        "ALERTING_DATABASE_PASSWORD",
        "INCIDENT_DATABASE_PASSWORD", "ONCALL_DATABASE_PASSWORD", "NOTIFICATION_DATABASE_PASSWORD", "REDIS_PASSWORD",
        "GRAFANA_ADMIN_PASSWORD",
    ]

    @Option(help: "Where to write it; never over a file that is there.") var file: String = ".env"

    func run() throws {
        let text = Self.keys.map { "\($0)=\(Self.secret())\n" }.joined()
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
        guard !FileManager.default.fileExists(atPath: file) else { throw ValidationError("\(file) is there already; it is not touched") }
        guard FileManager.default.createFile(atPath: file, contents: Data(text.utf8), attributes: attributes) else {
            throw ValidationError("\(file) cannot be written")
        }
        print("Wrote \(file). SETUP_TOKEN in it makes the first admin.")
    }

    private static func secret() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<secretBytes).map { _ in
            let byte = String(UInt8.random(in: .min ... .max, using: &generator), radix: 16)
            return byte.count == 1 ? "0" + byte : byte
        }.joined()
    }
}
