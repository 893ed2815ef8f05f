import Foundation

/// What a client would rather read, by its `Accept` header (RFC 9110 §12.5.1).
package enum AnswerForm: Sendable {
    /// HTML, which browsers name.
    case page
    /// JSON, also for whoever takes anything: programs seldom say what they want.
    case document

    /// The form of the highest quality; of equals the first.
    package init(accept: String) {
        var best: (form: Self, quality: Double) = (.document, 0)
        for range in accept.split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
            guard let type = parts.first, let form = Self.form(of: type) else { continue }
            let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            if quality > best.quality { best = (form, quality) }
        }
        self = best.form
    }

    private static func form(of type: String) -> Self? {
        switch type {
        case "text/html", "application/xhtml+xml": .page
        case "application/json", "application/problem+json", "application/*": .document
        default: nil
        }
    }
}
