import Foundation
import PackagePlugin

/// Makes each target's `HTTP/openapi.json` a text of the program, `EmbeddedText.openapi`.
///
/// SwiftPM's own `embedInCode` writes an array literal of bytes, which takes the compiler 12 s and a gigabyte for 150 KB; a text takes it
/// nothing.
@main struct EmbedText: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let input = target.directoryURL.appending(path: "HTTP/openapi.json")
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedText.swift")
        return [
            .buildCommand(
                displayName: "Embedding \(input.lastPathComponent) of \(target.name)",
                executable: try context.tool(named: "EmbedTextTool").url, arguments: [input.path, output.path], inputFiles: [input],
                outputFiles: [output])
        ]
    }
}
