import Contracts
import Logging

/// LOG_LEVEL (trace, debug, info, notice, warning, error, critical; default info) and LOG_FORMAT (json or text; default json).
package struct LogSettings: Sendable {
    package enum Format: String, Sendable, CaseIterable { case json, text }

    let level: Logger.Level
    let format: Format
    let service: String

    init(_ settings: Settings, _ peer: Peer) throws {
        guard let level = Logger.Level(rawValue: settings.string("LOG_LEVEL", default: "info").lowercased()) else {
            throw ConfigurationError("LOG_LEVEL", "must be one of " + Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))
        }
        guard let format = Format(rawValue: settings.string("LOG_FORMAT", default: "json").lowercased()) else {
            throw ConfigurationError("LOG_FORMAT", "must be json or text")
        }
        self.level = level
        self.format = format
        service = peer.rawValue
    }

    func handler(label: String, output: any LogOutput) -> any LogHandler {
        ServiceLogHandler(label: label, service: service, format: format, level: level, output: output)
    }
}
