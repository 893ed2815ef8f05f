/// The two text formats Prometheus reads.
package enum ExpositionFormat: Sendable, CaseIterable {
    /// Prometheus text 0.0.4: what curl and `promtool check metrics` expect.
    case text
    /// OpenMetrics 1.0.0.
    case openMetrics

    /// The `Content-Type` of the answer; Prometheus 3 refuses a scrape without it.
    package var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// OpenMetrics when version 1.0.0 (or no particular version) of it is asked for at least as much as plain text; otherwise text.
    ///
    /// A wild card never means OpenMetrics, and an item with a malformed quality is ignored.
    package static func negotiate(accept: String?) -> ExpositionFormat {
        guard let accept else { return .text }
        var openMetrics = 0.0
        var text = 0.0
        for item in accept.split(separator: ",").prefix(itemLimit) {
            guard let range = MediaRange(item) else { continue }
            switch range.type {
            case "application/openmetrics-text" where range.version == nil || range.version == "1.0.0":
                openMetrics = max(openMetrics, range.quality)
            case "text/plain" where range.version == nil || range.version == "0.0.4":
                text = max(text, range.quality)
            default: continue
            }
        }
        return openMetrics > 0 && openMetrics >= text ? .openMetrics : .text
    }

    /// Items of an Accept header that are looked at: real ones have at most six.
    private static let itemLimit = 32
}

/// One item of an Accept header.
private struct MediaRange {
    let type: String
    var version: String?
    var quality = 1.0

    init?(_ item: Substring) {
        let parts = item.split(separator: ";", omittingEmptySubsequences: false).map { $0.trimmed.lowercased() }
        guard let type = parts.first, !type.isEmpty else { return nil }
        self.type = type
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map(\.trimmed)
            guard pair.count == 2 else { continue }
            if pair[0] == "version" { version = pair[1].filter { $0 != "\"" } }
            if pair[0] == "q" {
                guard let quality = Double(pair[1]), (0...1).contains(quality) else { return nil }
                self.quality = quality
            }
        }
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
