package import Contracts
import Foundation

/// Links that a page may show: http and https only (reliability INP-4).
package enum WebLink {
    /// A link given as text or as `{"href", "text"}`; nil when it is neither, or no web address.
    package static func read(_ value: JSONValue) -> AlertLink? {
        if let href = value.string { return make(href, text: nil) }
        guard let href = value["href"]?.string else { return nil }
        return make(href, text: value["text"]?.string)
    }

    /// A link to a web address of acceptable length; nil for anything else.
    package static func make(_ href: String, text: String?) -> AlertLink? {
        let href = href.trimmed
        let scheme = href.prefix(8).lowercased()
        guard href.utf8.count <= AlertLimits.linkBytes, scheme.hasPrefix("http://") || scheme.hasPrefix("https://"),
            !href.unicodeScalars.contains(where: { $0.isInvisible || $0.properties.isWhitespace })
        else { return nil }
        return AlertLink(href: href, text: text.flatMap { NormalText.identity($0, characters: AlertLimits.titleCharacters) })
    }
}
