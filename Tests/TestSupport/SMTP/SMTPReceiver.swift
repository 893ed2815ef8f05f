package import Foundation

/// A real mail server on loopback (aiosmtpd in Python), whose mails are lines of a file.
///
/// It ends with its standard input, hence with this process at the latest.
package final class SMTPReceiver: Sendable {
    package let port: Int
    /// One JSON object a line, written before the sender gets its 250.
    package let file: URL
    private let process: Process
    private let lifeline: Pipe

    /// What it answers to `RCPT TO` for an address.
    package struct Refusal: Sendable {
        package let address: String
        package let answer: Answer
        /// Refuses that often, then takes the mail; nil refuses for ever.
        package let times: Int?

        package enum Answer: Sendable {
            case code(Int)
            /// Never answers.
            case stall
        }

        package init(_ address: String, _ answer: Answer, times: Int? = nil) {
            self.address = address
            self.answer = answer
            self.times = times
        }

        var argument: String {
            let word =
                switch answer {
                case .code(let code): "\(code)"
                case .stall: "stall"
                }
            return "\(address)=\(word)" + (times.map { ":\($0)" } ?? "")
        }
    }

    /// `smtp://127.0.0.1:<port>?starttls=off`
    package var url: String { "smtp://127.0.0.1:\(port)?starttls=off" }

    private init(port: Int, file: URL, process: Process, lifeline: Pipe) {
        self.port = port
        self.file = file
        self.process = process
        self.lifeline = lifeline
    }

    deinit { stop() }

    /// Starts a server.
    ///
    /// - Parameters:
    ///   - port: 0 lets the system choose.
    ///   - user: `name:password` that senders must give.
    ///   - certificate: PEM files of a certificate and its key; senders must then use STARTTLS.
    package static func start(
        port: Int = 0, refusals: [Refusal] = [], user: String? = nil, certificate: (certificate: URL, key: URL)? = nil,
        file: URL = FileManager.default.temporaryDirectory.appending(path: "tocsin-mails-\(UUID().uuidString).jsonl")
    ) async throws -> SMTPReceiver {
        let python = try await PythonTools.shared.python()
        var arguments = [PythonTools.script("smtp_receiver.py").path, "--file", file.path, "--port", "\(port)"]
        arguments += refusals.flatMap { ["--refuse", $0.argument] }
        if let user { arguments += ["--user", user] }
        if let certificate { arguments += ["--certificate", certificate.certificate.path, "--key", certificate.key.path] }
        let lifeline = Pipe()
        let output = Pipe()
        let process = Process()
        process.executableURL = python
        process.arguments = arguments
        process.standardInput = lifeline
        process.standardOutput = output
        try process.run()
        guard let port = await firstLine(of: output).flatMap({ $0.split(separator: " ").last }).flatMap({ Int($0) }) else {
            throw ToolFailure("the mail server did not start")
        }
        return SMTPReceiver(port: port, file: file, process: process, lifeline: lifeline)
    }

    package func stop() {
        try? lifeline.fileHandleForWriting.close()
        if process.isRunning { process.terminate() }
        try? FileManager.default.removeItem(at: file)
    }

    /// The mails taken so far, in order of arrival.
    package func mails() throws -> [ReceivedMail] {
        guard let data = try? Data(contentsOf: file) else { return [] }
        // The last line may be half-written.
        return try String(decoding: data, as: UTF8.self).components(separatedBy: "\n").compactMap { line in
            line.utf8.last == UInt8(ascii: "}") ? try JSONDecoder().decode(ReceivedMail.self, from: Data(line.utf8)) : nil
        }
    }

    private static func firstLine(of pipe: Pipe) async -> String? {
        let (chunks, continuation) = AsyncStream.makeStream(of: Data.self)
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { continuation.finish() } else { continuation.yield(data) }
        }
        defer { pipe.fileHandleForReading.readabilityHandler = nil }
        var text = Data()
        for await chunk in chunks {
            text += chunk
            if let end = text.firstIndex(of: UInt8(ascii: "\n")) { return String(decoding: text[..<end], as: UTF8.self) }
        }
        return nil
    }
}
