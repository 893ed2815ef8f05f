import Foundation
package import Hummingbird

extension Request {
    /// A parameter of the query, decoded (`+` is a space); nil when absent. Throws 400 when it occurs twice, is not UTF-8, or holds NUL.
    package func query(_ name: String) throws -> String? {
        var found: String?
        for pair in (uri.query ?? "").split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard Self.decoded(halves[0]) == name else { continue }
            guard found == nil else { throw Problem.badRequest(code: "repeated_parameter", "A query parameter may occur once only.") }
            guard let value = halves.count == 2 ? Self.decoded(halves[1]) : "", !value.utf8.contains(0) else {
                throw Problem.badRequest(code: "bad_parameter", "A query parameter is not well-formed.")
            }
            found = value
        }
        return found
    }

    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }

    /// The `limit` parameter; throws 400 unless it is plain digits from 1 to `max`.
    package func limit(default fallback: Int = 50, max: Int = 200) throws -> Int {
        try number("limit", in: 1...max) ?? fallback
    }

    /// A parameter of plain ASCII digits; throws 400 for anything else or out of range.
    package func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = try query(name) else { return nil }
        guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text), range.contains(number) else {
            throw Problem.badRequest(
                code: "bad_parameter", "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }
}
