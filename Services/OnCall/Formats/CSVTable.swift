/// A table as RFC 4180 writes it, with a header and CRLF after each line, safe to open in a spreadsheet.
package struct CSVTable: Sendable {
    package private(set) var text: String

    package init(header: [String]) {
        text = ""
        append(header)
    }

    package mutating func append(_ cells: [String]) {
        text += cells.map(Self.cell).joined(separator: ",") + "\r\n"
    }

    /// Spreadsheets take a cell that begins like this for a formula, whoever wrote it; an apostrophe in front makes it text (OWASP, CSV injection).
    private static let formulaStarts: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r", "\n"]

    private static func cell(_ text: String) -> String {
        let isFormula = text.unicodeScalars.first.map(formulaStarts.contains) ?? false
        let safe = isFormula ? "'" + text : text
        // By scalars: CRLF is one character and equal to neither of its parts.
        guard safe.unicodeScalars.contains(where: { ["\"", ",", "\r", "\n"].contains($0) }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
