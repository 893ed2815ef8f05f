package import Contracts
package import Logging
package import PrometheusMetrics

/// What a daemon's `build…` function starts from.
package struct Bootstrap: Sendable {
    package let peer: Peer
    package let settings: Settings
    package let logger: Logger
    package let metrics: PrometheusMetricsFactory
    /// A test's clock; nil means the daemon makes its own.
    package let clock: (any Clock)?
    package let host: String
    /// 0 lets the system choose; ``Daemon/port()`` tells which.
    package let port: Int
    /// Shorter ones in tests only, fewer connections where the process may open few files.
    package var connectionLimits = ConnectionLimits.standard
    /// How long a stop waits for what is under way; longer in tests, whose machine is busy.
    package var inFlight: Duration = StopLimits.inFlight

    /// Host and port come from `HOST` (default 127.0.0.1) and `PORT` (default the peer's own) unless given. Throws ``ConfigurationError``.
    package init(
        peer: Peer, settings: Settings, logger: Logger, metrics: PrometheusMetricsFactory = PrometheusMetricsFactory(),
        clock: (any Clock)? = nil, host: String? = nil, port: Int? = nil
    ) throws {
        self.peer = peer
        self.settings = settings
        self.logger = logger
        self.metrics = metrics
        self.clock = clock
        self.host = host ?? settings.string("HOST", default: "127.0.0.1")
        self.port = try port ?? settings.integer("PORT", default: peer.defaultPort, 0...65_535)
        metrics.addBuildInfo(
            service: peer.rawValue, version: ServiceVersion.current, revision: settings.string("TOCSIN_REVISION", default: "unknown")
        )
    }

    /// Whether only this machine can reach the daemon.
    package var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
