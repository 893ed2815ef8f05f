import Contracts
import Foundation
package import Logging

/// One line per event: JSON with ECS keys, or text for people. Values are escaped byte by byte, secrets by key are redacted, sizes are bounded.
package struct ServiceLogHandler: LogHandler {
    /// Metadata of one line; more than this is dropped.
    static let mostFields = 64

    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let service: String
    private let format: LogSettings.Format
    private let output: any LogOutput

    package init(label: String, service: String, format: LogSettings.Format, level: Logger.Level, output: any LogOutput) {
        self.label = label
        self.service = service
        self.format = format
        self.output = output
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let fields = LogFields(all(event))
        var text = LogText()
        switch format {
        case .json: writeJSON(event, fields, to: &text)
        case .text: writeText(event, fields, to: &text)
        }
        output.write(text.bytes)
    }

    private func all(_ event: LogEvent) -> Logger.Metadata {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error {
            all["error.type"] = "\(type(of: error))"
            all["error.message"] = "\(error)"
        }
        if all["trace.id"] == nil, let trace = TraceContext.current {
            all["trace.id"] = "\(trace.traceID)"
            all["http.request.id"] = "\(trace.requestID)"
        }
        return all
    }

    private func writeJSON(_ event: LogEvent, _ fields: LogFields, to text: inout LogText) {
        text.raw("{\"@timestamp\":")
        text.quoted(Date().rfc3339)
        text.raw(",\"log.level\":")
        text.quoted(event.level.rawValue)
        text.raw(",\"message\":")
        text.quoted(event.message.description)
        text.raw(",\"service.name\":")
        text.quoted(service)
        text.raw(",\"service.version\":")
        text.quoted(ServiceVersion.current)
        text.raw(",\"log.logger\":")
        text.quoted(label)
        for field in fields.list {
            text.raw(",")
            text.quoted(field.key)
            text.raw(":")
            if field.isNumber { text.raw(field.value.utf8) } else { text.quoted(field.value) }
        }
        text.raw("}\n")
    }

    private func writeText(_ event: LogEvent, _ fields: LogFields, to text: inout LogText) {
        text.raw(Date().rfc3339.utf8)
        text.raw(" ")
        text.raw(event.level.rawValue.uppercased().utf8)
        text.raw(" ")
        text.escaped(event.message.description)
        for field in fields.list {
            text.raw(" ")
            text.escaped(field.key)
            text.raw("=")
            text.escaped(field.value)
        }
        text.raw("\n")
    }
}
