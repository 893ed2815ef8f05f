import Contracts
import Notification
import ServiceKit
import TestSupport
import Testing

@Suite struct ConfigurationTests {
    /// Otherwise there would be no mail, and with simulated channels pages would count as sent.
    @Test func mailServerWhoseFileCannotBeReadStopsTheStart() async throws {
        let settings = Settings([
            "INTERNAL_SECRET": NotificationAPI.secret, "SECRETS_KEY": NotificationAPI.secretsKey,
            "SMTP_URL_FILE": "/nonexistent/secret", "SIMULATE_UNCONFIGURED_CHANNELS": "true",
        ])
        let boot = try Bootstrap(peer: .notification, settings: settings, logger: LogRecorder().logger, clock: ManualClock(), port: 0)
        let error = await #expect(throws: ConfigurationError.self) { _ = try await buildNotification(boot) }
        #expect(error?.key == "SMTP_URL_FILE")
    }

    /// Otherwise the first page would be the first to fail for it. A folder and an empty file hold no authority either.
    @Test(arguments: ["/nonexistent/ca.pem", "/", "/dev/null"])
    func authoritiesThatCannotBeReadStopTheStart(path: String) async throws {
        let settings = Settings([
            "INTERNAL_SECRET": NotificationAPI.secret, "SECRETS_KEY": NotificationAPI.secretsKey,
            "SMTP_URL": "smtp://mail.example.org", "SMTP_CA_FILE": path,
        ])
        let boot = try Bootstrap(peer: .notification, settings: settings, logger: LogRecorder().logger, clock: ManualClock(), port: 0)
        let error = await #expect(throws: ConfigurationError.self) { _ = try await buildNotification(boot) }
        #expect(error?.key == "SMTP_CA_FILE")
    }
}
