import ArgumentParser
import Contracts
import Foundation

struct PagingCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "paging", abstract: "See and lift the hold on paging that a restore leaves.", subcommands: [Status.self, Release.self]
    )

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say whether paging is held, and how many incidents wait.")

        func run() async throws { try PagingCommand.show(try await Service.incidents.get("/api/v1/paging")) }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lift the hold: what is still open and due is paged from now on, one step each. Admins only."
        )

        func run() async throws {
            try PagingCommand.show(try await Service.incidents.post("/api/v1/paging/release", [String: String]()))
        }
    }

    fileprivate static func show(_ answer: JSONValue) throws {
        let status = try WireJSON.decode(PagingStatus.self, fromText: answer.serialized)
        let since = status.heldSince.map { " since \($0.rfc3339)" } ?? ""
        let end = status.releasedAt.map { "; the last hold was lifted at \($0.rfc3339) by \(status.releasedBy ?? "")" } ?? ""
        print(status.held ? "paging_held\(since) (\(status.reason?.rawValue ?? ""))" : "paging goes on\(end)")
        print("incidents with a step due: \(status.incidentsDue)")
    }
}
