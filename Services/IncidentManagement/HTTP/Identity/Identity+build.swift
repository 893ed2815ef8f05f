package import Auth
import Contracts
import Foundation
package import Logging
package import Postgres
package import PrometheusMetrics
package import ServiceKit

/// People, sessions, tokens and the record, put together: what the rest of the daemon needs of them.
package struct Identity: Sendable {
    /// Knows everybody, asking the database each time: a disabled user or a revoked token is refused at once.
    package let authenticator: any Authenticator
    /// Whom to page, and who somebody is.
    package let directory: UserDirectory
    /// The append-only record; `AuditStore(tx).append(…)` writes a line in a transaction of the caller's.
    package let audit: AuditStore
    /// Tick these now and then, some minutes apart.
    package let workers: [any Worker]

    let configuration: IdentityConfiguration
    let clock: any Clock
    let logger: Logger
    let keys: SigningKeyRing
    let users: UserStore
    let setupTokens: SetupTokenStore
    let announce: @Sendable (String) -> Void
    private let controllers: [@Sendable (Routes) -> Void]

    /// Throws ``ConfigurationError``; see ``IdentityConfiguration`` for the keys.
    ///
    /// - Parameters:
    ///   - passwordCost: bcrypt's cost; only tests lower it.
    ///   - passwordThreads: where it is computed; only tests keep them busy.
    ///   - announce: shows the set-up token to whoever started the daemon.
    package init(
        database: PostgresDatabase, settings: Settings, clock: any Clock, metrics: PrometheusMetricsFactory, logger: Logger,
        passwordCost: Int = 12, passwordThreads: BoundedThreads = PasswordHasher.threads(),
        announce: @escaping @Sendable (String) -> Void = { print($0) }
    ) throws {
        let api = database.api
        let configuration = try IdentityConfiguration(settings)
        let now: @Sendable () -> Date = { clock.now }
        let passwords = PasswordCheck(
            throttle: LoginThrottleStore(db: api),
            hasher: PasswordHasher(pepper: configuration.passwordPepper, cost: passwordCost, threads: passwordThreads)
        )
        let keys = SigningKeyRing(SigningKeyStore(db: api, seal: SigningKeySeal(secret: configuration.internalSecret)), clock: clock)
        let standing = LocalStanding(api, clock: now)
        let accessTokens = AccessTokenStore(db: api)
        let authenticator = LocalAuthenticator(
            suite: SuiteAuthenticator(
                audience: .incidentManagement, internalTokens: InternalTokens(secret: configuration.internalSecret, clock: now),
                issuer: SigningKeyRing.issuerName, keys: keys, standing: standing, clock: now, standingLifetime: .zero
            ),
            accessTokens: accessTokens
        )
        let users = UserStore(api)
        let setupTokens = SetupTokenStore(db: api)
        let directory = UserDirectory(api)
        let audit = AuditStore(api)
        let signIn = SignIn(
            users: users, sessions: SessionStore(api), accessTokens: accessTokens, passwords: passwords, audit: audit, keys: keys,
            metrics: IdentityMetrics(metrics), logger: logger
        )
        let firstAdmin = FirstAdmin(users: users, tokens: setupTokens, passwords: passwords)
        controllers = [
            SignInController(signIn: signIn, firstAdmin: firstAdmin, users: users, authenticator: authenticator, clock: clock).addRoutes,
            UserController(users: users, passwords: passwords, clock: clock).addRoutes,
            APITokenController(tokens: APITokenStore(db: api), clock: clock).addRoutes,
            AuditController(audit: audit).addRoutes,
            IdentityPeerController(standing: standing, directory: directory, keys: keys).addRoutes,
        ]
        workers = [IdentitySweep(IdentityExpiryStore(db: database.workers))]
        self.authenticator = authenticator
        self.directory = directory
        self.audit = audit
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
        self.keys = keys
        self.users = users
        self.setupTokens = setupTokens
        self.announce = announce
    }

    /// The tables, in the schema `incident`.
    package static let migration = Migration(file: "V0002_create_identity.sql", bytes: PackageResources.V0002_create_identity_sql)

    package func addRoutes(to routes: Routes) {
        for add in controllers { add(routes) }
    }
}
