import ArgumentParser

/// The command line for people and scripts.
@main
struct Tocsin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tocsin", abstract: "Send alerts, act on incidents, ask who is on call, back up and restore.",
        discussion: "Reads TOCSIN_TOKEN, TOCSIN_INGEST_KEY, ALERTS_URL, INCIDENTS_URL and ONCALL_URL, as .local/tocsin.env has them.",
        subcommands: [
            InitCommand.self, AlertCommand.self, IncidentCommand.self, OnCallCommand.self, HealthCheckCommand.self, PagingCommand.self,
            BackupCommand.self, RestoreCommand.self, OutboxCommand.self,
        ]
    )
}
