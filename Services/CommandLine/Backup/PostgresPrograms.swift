import Contracts
import Foundation

/// PostgreSQL's own client programs as child processes; this program links none of it.
///
/// What they complain about goes to our standard error as it is. None of them prints a password.
struct PostgresPrograms {
    private let environment: [String: String]

    /// - Parameter environment: ours; `DATABASE_URL` in it becomes libpq's own variables, and whatever else of libpq's is set stays.
    init(environment: [String: String]) throws {
        var child = environment.filter { !["DATABASE_URL", "DATABASE_URL_FILE"].contains($0.key) }
        if let url = try Self.url(environment) { child.merge(try DatabaseAddress(url: url).environment) { $1 } }
        child["PGCONNECT_TIMEOUT"] = child["PGCONNECT_TIMEOUT"] ?? "10"
        self.environment = child
        // A child that ends early must be an error that says so and not a signal that ends us too.
        signal(SIGPIPE, SIG_IGN)
    }

    private static func url(_ environment: [String: String]) throws -> String? {
        if let url = environment["DATABASE_URL"], !url.isEmpty { return url }
        guard let path = environment["DATABASE_URL_FILE"], !path.isEmpty else { return nil }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw DataCareFailure("DATABASE_URL_FILE names a file that cannot be read")
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Runs a program to its end.
    func run(_ program: String, _ arguments: [String]) throws {
        let process = child(program, arguments)
        try start(process)
        try finish(process, program)
    }

    /// A psql that answers questions until it is told to end.
    func session() throws -> PsqlSession {
        let process = child("psql", ["--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--set=ON_ERROR_STOP=1", "--file=-"])
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try start(process)
        return PsqlSession(process: process, input: input.fileHandleForWriting, output: output.fileHandleForReading)
    }

    /// Feeds psql an opening, then all that a program prints, then a closing, which comes only when that program was content: without it
    /// nothing is committed.
    func pipe(_ opening: String, _ program: String, _ arguments: [String], _ closing: String) throws {
        let psql = child("psql", ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=-"])
        let input = Pipe()
        psql.standardInput = input
        psql.standardOutput = FileHandle.nullDevice
        try start(psql)
        let source = child(program, arguments)
        source.standardOutput = input.fileHandleForWriting
        do {
            try input.fileHandleForWriting.write(contentsOf: Data(opening.utf8))
            try start(source)
            try finish(source, program)
            try input.fileHandleForWriting.write(contentsOf: Data(closing.utf8))
            try input.fileHandleForWriting.close()
        } catch {
            try? input.fileHandleForWriting.close()
            psql.waitUntilExit()
            throw psql.terminationStatus == 0 ? error : DataCareFailure("nothing was restored: psql stopped with the error above")
        }
        try finish(psql, "psql")
    }

    private func child(_ program: String, _ arguments: [String]) -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        return process
    }

    private func start(_ process: Process) throws {
        do { try process.run() } catch { throw DataCareFailure("/usr/bin/env cannot be run") }
    }

    private func finish(_ process: Process, _ program: String) throws {
        process.waitUntilExit()
        switch (process.terminationReason, process.terminationStatus) {
        case (.exit, 0): return
        case (.exit, 127):
            throw DataCareFailure("\(program) was not found: install PostgreSQL's client programs (Debian: postgresql-client)")
        default: throw DataCareFailure("\(program) failed: see above")
        }
    }
}

/// A psql at work.
struct PsqlSession {
    let process: Process
    let input: FileHandle
    let output: FileHandle

    /// Sends a script whose only output is one line of JSON.
    func ask<Answer: Decodable>(_ type: Answer.Type, _ script: String, else failure: String) throws -> Answer {
        try? input.write(contentsOf: Data(script.utf8))
        var line = Data()
        while !line.contains(UInt8(ascii: "\n")) {
            let piece = output.availableData
            if piece.isEmpty { throw DataCareFailure(try missing() ?? failure) }
            line.append(piece)
        }
        return try WireJSON.decode(type, from: line)
    }

    /// Lets its transaction go.
    func end() throws {
        try input.close()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw DataCareFailure("psql failed: see above") }
    }

    private func missing() throws -> String? {
        try input.close()
        process.waitUntilExit()
        return process.terminationStatus == 127
            ? "psql was not found: install PostgreSQL's client programs (Debian: postgresql-client)" : nil
    }
}
