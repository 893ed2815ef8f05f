import ArgumentParser

/// For a container's HEALTHCHECK, which then needs neither shell nor curl.
struct HealthCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "healthcheck", abstract: "Exit 0 when a daemon is ready, 1 when not.")

    @Argument(help: "The daemon's base URL.") var url: String

    func run() async throws {
        _ = try await Service(baseURL: url, token: nil).get("/readyz")
    }
}
