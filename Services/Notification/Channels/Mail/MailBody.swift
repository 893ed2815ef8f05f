import Contracts

/// What the reader of a mail sees, as text and as HTML.
enum MailBody {
    static func text(_ message: OutgoingMessage) -> String {
        var lines = [message.text.body, ""]
        lines += facts(message).map { "\($0.name): \($0.value)" }
        if let link = message.text.link { lines += ["", link] }
        return lines.joined(separator: "\n") + "\n"
    }

    static func html(_ message: OutgoingMessage) -> String {
        let paragraphs = message.text.body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { escaped(String($0)) }
        let rows = facts(message).map { "<tr><th align=\"left\">\(escaped($0.name))</th><td>\(escaped($0.value))</td></tr>" }
        var lines = ["<!DOCTYPE html>", "<html><body>", "<h2>\(escaped(message.text.subject))</h2>"]
        lines.append("<p>\(paragraphs.joined(separator: "<br>\n"))</p>")
        if !rows.isEmpty { lines += ["<table>"] + rows + ["</table>"] }
        if let link = message.text.link, isWebLink(link) { lines.append("<p><a href=\"\(escaped(link))\">Open the incident</a></p>") }
        return (lines + ["</body></html>", ""]).joined(separator: "\n")
    }

    private static func facts(_ message: OutgoingMessage) -> [(name: String, value: String)] {
        var facts: [(name: String, value: String)] = []
        if let number = message.text.incidentNumber { facts.append(("Incident", "#\(number)")) }
        if let severity = message.text.severity { facts.append(("Severity", severity.rawValue)) }
        if let service = message.text.service { facts.append(("Service", service)) }
        return facts
    }

    /// Anything else (`javascript:`) must not become something to click on.
    private static func isWebLink(_ link: String) -> Bool {
        link.hasPrefix("https://") || link.hasPrefix("http://")
    }

    /// Scalar by scalar: a combining mark after `<` would hide it in one character.
    private static func escaped(_ text: String) -> String {
        var output = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "'": output += "&#39;"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
