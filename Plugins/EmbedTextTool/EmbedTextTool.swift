import Foundation

/// Writes a text file as a Swift literal: `EmbedTextTool <input> <output>`.
@main enum EmbedTextTool {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else { throw CocoaError(.fileNoSuchFile) }
        let text = try String(contentsOfFile: arguments[1], encoding: .utf8)
        // A raw literal ends at its own number of signs only.
        let signs = String(repeating: "#", count: 4)
        guard !text.contains("\"\"\"" + signs), !text.contains("\\" + signs) else { throw CocoaError(.fileReadCorruptFile) }
        let swift = """
            /// `\(URL(filePath: arguments[1]).lastPathComponent)`, put here by the EmbedText plugin.
            enum EmbeddedText {
                static let openapi = \(signs)\"\"\"
            \(text)
            \"\"\"\(signs)
            }

            """
        try swift.write(toFile: arguments[2], atomically: true, encoding: .utf8)
    }
}
