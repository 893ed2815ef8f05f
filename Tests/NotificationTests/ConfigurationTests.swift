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
}
