package import Auth
import Configuration
package import Foundation
import SystemPackage

/// What a daemon was told: the process environment first, then `.env` in the working directory. An empty value counts as absent.
///
/// A secret may also be given as a file: `KEY_FILE` names one whose content, without the line end, is the value of `KEY`.
package struct Settings: Sendable {
    /// More than any key or certificate needs; a device or log file named by mistake is not read whole.
    static let longestSecretFile = 64 * 1024

    private let reader: ConfigReader

    /// For tests.
    package init(_ values: [String: String]) {
        reader = ConfigReader(provider: EnvironmentVariablesProvider(environmentVariables: values))
    }

    private init(providers: [any ConfigProvider]) {
        reader = ConfigReader(providers: providers)
    }

    /// Reads the environment and `.env`; throws ``ConfigurationError`` when `.env` is there and cannot be read.
    package static func load(file: String = ".env") async throws -> Settings {
        do {
            let environment = EnvironmentVariablesProvider()
            let local = try await EnvironmentVariablesProvider(environmentFilePath: FilePath(file), allowMissing: true)
            return Settings(providers: [environment, local])
        } catch {
            throw ConfigurationError(file, "cannot be read")
        }
    }

    package func optionalString(_ key: String) -> String? {
        let value = reader.string(forKey: ConfigKey([key]), isSecret: true)
        return value.flatMap { $0.isEmpty ? nil : $0 }
    }

    package func string(_ key: String, default fallback: String) -> String {
        optionalString(key) ?? fallback
    }

    /// Throws ``ConfigurationError`` for anything but decimal digits within the range.
    package func integer(_ key: String, default fallback: Int, _ range: ClosedRange<Int>) throws -> Int {
        guard let text = optionalString(key) else { return fallback }
        guard let number = Int(text), range.contains(number) else {
            throw ConfigurationError(key, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Understands true, yes, on, 1 and their opposites in any case.
    package func flag(_ key: String, default fallback: Bool) throws -> Bool {
        guard let text = optionalString(key) else { return fallback }
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw ConfigurationError(key, "must be true or false")
        }
    }

    /// An http or https URL with a host.
    package func url(_ key: String, default fallback: String) throws -> URL {
        guard let url = URL(string: string(key, default: fallback)), let scheme = url.scheme?.lowercased(),
            scheme == "http" || scheme == "https",
            let host = url.host(), !host.isEmpty
        else { throw ConfigurationError(key, "must be an http or https URL") }
        return url
    }

    /// Items between commas, without the spaces around them; absent is empty.
    package func list(_ key: String) -> [String] {
        string(key, default: "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// A secret that must be there, be long enough, and not come from an example.
    package func secret(_ key: String, minimumBytes: Int = 32) throws -> Secret {
        guard let text = try secretText(key) else { throw ConfigurationError(key, "is missing; set it or \(key)_FILE") }
        return try checked(text, key, minimumBytes)
    }

    /// Several secrets between commas or line ends, each as good as ``secret(_:minimumBytes:)`` wants it; absent is none.
    package func secrets(_ key: String, minimumBytes: Int = 32) throws -> [Secret] {
        try (secretText(key) ?? "").split { $0 == "," || $0.isNewline }.map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }.map { try checked($0, key, minimumBytes) }
    }

    private func checked(_ text: String, _ key: String, _ minimumBytes: Int) throws -> Secret {
        guard text.utf8.count >= minimumBytes else { throw ConfigurationError(key, "must have at least \(minimumBytes) bytes") }
        guard !SampleSecret.matches(text) else {
            throw ConfigurationError(key, "is a sample or trivial value; make one with: openssl rand -base64 48")
        }
        return Secret(text)
    }

    /// A secret somebody else chose, such as a provider's token: any length; nil when absent.
    ///
    /// A file that is named and cannot be read is not absence: a daemon that began without what it was given would lose pages or let strangers in.
    package func optionalSecret(_ key: String) throws -> Secret? {
        try secretText(key).map { Secret($0) }
    }

    private func secretText(_ key: String) throws -> String? {
        if let value = optionalString(key) { return value }
        guard let path = optionalString(key + "_FILE") else { return nil }
        do {
            // Nothing is read of an empty file, which is as good as none.
            let data = try FileHandle(forReadingFrom: URL(filePath: path)).read(upToCount: Self.longestSecretFile) ?? Data()
            guard let text = String(data: data, encoding: .utf8) else { throw CocoaError(.fileReadCorruptFile) }
            let value = text.trimmingCharacters(in: .newlines)
            return value.isEmpty ? nil : value
        } catch {
            throw ConfigurationError(key + "_FILE", "names a file that cannot be read")
        }
    }
}
