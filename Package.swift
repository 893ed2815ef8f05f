// swift-tools-version: 6.2
import PackageDescription

// One package: small shared libraries, one library and one thin executable per daemon, one test target per module.
// Dependencies are pinned with `exact:` because Package.resolved is not committed (README, decisions).

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
    // Generics of one module are specialised for the types of another: the accept path binds a hundred of them for a batch.
    .unsafeFlags(["-cross-module-optimization"], .when(configuration: .release)),
]

let strictC: [CSetting] = [.enableWarning("all"), .treatAllWarnings(as: .error)]

/// Three megabytes of relocations shrink to a hundred kilobytes (DT_RELR, glibc 2.36 and later), which every start would read.
let compact: [LinkerSetting] = [
    .unsafeFlags(["-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"], .when(configuration: .release))
]

let package = Package(
    name: "tocsin",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "alert-ingestion", targets: ["AlertIngestionDaemon"]),
        .executable(name: "incident-management", targets: ["IncidentManagementDaemon"]),
        .executable(name: "oncall-service", targets: ["OnCallDaemon"]),
        .executable(name: "notification-service", targets: ["NotificationDaemon"]),
        .executable(name: "web-ui", targets: ["WebUIDaemon"]),
        .executable(name: "tocsin", targets: ["CommandLineTool"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration.git", exact: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics.git", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", exact: "2.1.1"),
        .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", exact: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", exact: "5.7.1"),
    ],
    targets: [
        .systemLibrary(name: "CPostgres", path: "Shared/CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CHiredis", path: "Shared/CHiredis", pkgConfig: "hiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CIcal", path: "Shared/CIcal", providers: [.apt(["libical-dev"])]),
        .systemLibrary(name: "CCrypt", path: "Shared/CCrypt", pkgConfig: "libcrypt", providers: [.apt(["libcrypt-dev"])]),
        .target(name: "CCurl", path: "Shared/CCurl", cSettings: strictC, linkerSettings: [.linkedLibrary("curl")]),
        shared("Contracts"),
        shared("Threads"),
        shared("PrometheusMetrics", [.metrics]),
        shared("Auth", ["Contracts", "CCrypt", .crypto, .jwt]),
        shared(
            "ServiceKit",
            ["Contracts", "Auth", "PrometheusMetrics", .hummingbird, .lifecycle, .configuration, .crypto, .log, .metrics, .nio, .nioHTTP]),
        shared(
            "Postgres", ["CPostgres", "Auth", "Contracts", "PrometheusMetrics", "ServiceKit", "Threads", .lifecycle, .log, .metrics],
            exclude: ["Layout"]),
        shared("Redis", ["CHiredis", "Auth", "PrometheusMetrics", "ServiceKit", "Threads", .lifecycle, .log, .metrics]),
        shared("Calendars", ["CIcal", "Threads"]),
        shared("WorkQueue", ["Contracts", "ServiceKit", "Postgres", "Redis", .lifecycle, .log, .metrics]),
        shared("ServiceClients", ["Contracts", "Auth", "ServiceKit", .httpClient, .crypto, .lifecycle, .nio, .nioHTTP, .log]),
    ]
        + service("AlertIngestion")
        + service("IncidentManagement", also: [.crypto])
        + service("OnCall", also: ["Calendars", .crypto])
        + service("Notification", also: ["CCurl", "Threads", .crypto, .httpClient, .nio])
        + service("WebUI", storage: false, also: [.mustache, .crypto, .nio])
        + yardsticks
        + [
            .executableTarget(
                name: "CommandLineTool",
                dependencies: ["Contracts", .argumentParser, .crypto, .httpClient, .nio, .nioHTTP],
                path: "Services/CommandLine",
                swiftSettings: strict
            ),
            // A target waits for the programs it depends on: ci/environment.sh builds all six in one run by it.
            .target(
                name: "Programs",
                dependencies: [
                    "AlertIngestionDaemon", "IncidentManagementDaemon", "OnCallDaemon", "NotificationDaemon", "WebUIDaemon",
                    "CommandLineTool",
                ],
                path: "Services/Programs",
                swiftSettings: strict
            ),
            .plugin(name: "EmbedText", capability: .buildTool(), dependencies: ["EmbedTextTool"], path: "Plugins/EmbedText"),
            .executableTarget(name: "EmbedTextTool", path: "Plugins/EmbedTextTool", swiftSettings: strict),
            .target(
                name: "TestSupport",
                dependencies: [
                    "Contracts", "Auth", "Postgres", "ServiceKit", "ServiceClients", "PrometheusMetrics", .hummingbird, .hummingbirdTesting,
                    .httpClient, .metrics, .nio, .nioHTTP, .log, .configuration, .lifecycle,
                ],
                path: "Tests/TestSupport",
                swiftSettings: strict
            ),
            tests("ContractsTests", ["Contracts"]),
            tests("PrometheusMetricsTests", ["PrometheusMetrics", .metrics]),
            tests("AuthTests", ["Auth", "Contracts", .crypto]),
            tests(
                "ServiceKitTests",
                ["ServiceKit", "Contracts", "Auth", "PrometheusMetrics", .hummingbird, .hummingbirdTesting, .configuration, .log]),
            tests("PostgresTests", ["Postgres", "ServiceKit", "Contracts", .log]),
            tests("RedisTests", ["Redis", "Auth", "PrometheusMetrics", "ServiceKit", .log]),
            tests("CalendarsTests", ["Calendars", "Contracts"]),
            tests("WorkQueueTests", ["WorkQueue", "Postgres", "PrometheusMetrics", "Redis", "ServiceKit", "Contracts", .log]),
            tests("ServiceClientsTests", ["ServiceClients", "ServiceKit", "Contracts", "Auth", .hummingbird, .httpClient, .nio, .log]),
            tests("SystemTests", everything, path: "Tests/SystemTests"),
            tests("InteropTests", everything, path: "Tests/Interop"),
            tests("ChaosTests", everything, path: "Tests/Chaos"),
        ],
    swiftLanguageModes: [.v6]
)

/// What figures are compared with; ci/bench-current.sh builds it (TOCSIN_BENCH), nobody else.
var yardsticks: [Target] {
    guard Context.environment["TOCSIN_BENCH"] != nil else { return [] }
    return [
        .executableTarget(
            name: "bench-hello", dependencies: [.hummingbird], path: "ci/bench/hello", swiftSettings: strict, linkerSettings: compact)
    ]
}

var everything: [Target.Dependency] {
    [
        "AlertIngestion", "IncidentManagement", "OnCall", "Notification", "WebUI", "Contracts", "Auth", "Postgres", "WorkQueue",
        "ServiceKit",
        "ServiceClients", "PrometheusMetrics", .hummingbird, .httpClient, .configuration, .log, .lifecycle,
    ]
}

func shared(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Shared/\(name)", exclude: exclude, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], path: String? = nil) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["TestSupport"], path: path ?? "Tests/\(name)", swiftSettings: strict)
}

/// A service is a library the tests import, a thin executable, and its tests.
func service(_ name: String, storage: Bool = true, also more: [Target.Dependency] = []) -> [Target] {
    let kit: [Target.Dependency] = [
        "Contracts", "Auth", "PrometheusMetrics", "ServiceKit", "ServiceClients", .hummingbird, .lifecycle, .configuration, .log, .metrics,
    ]
    let store: [Target.Dependency] = storage ? ["Postgres", "Redis", "WorkQueue"] : []
    return [
        .target(
            name: name,
            dependencies: kit + store + more,
            path: "Services/\(name)",
            exclude: ["Daemon", "HTTP/openapi.json"],
            resources: storage ? [.embedInCode("Storage/Migrations")] : [.embedInCode("Static"), .embedInCode("Pages/Templates")],
            swiftSettings: strict,
            plugins: [.plugin(name: "EmbedText")]
        ),
        .executableTarget(
            name: "\(name)Daemon",
            dependencies: [.target(name: name), "Contracts", "ServiceKit"],
            path: "Services/\(name)/Daemon",
            swiftSettings: strict,
            linkerSettings: compact
        ),
        tests("\(name)Tests", [.target(name: name), .hummingbirdTesting] + kit + store + more),
    ]
}

extension Target.Dependency {
    static var argumentParser: Self { .product(name: "ArgumentParser", package: "swift-argument-parser") }
    static var configuration: Self { .product(name: "Configuration", package: "swift-configuration") }
    static var crypto: Self { .product(name: "Crypto", package: "swift-crypto") }
    static var httpClient: Self { .product(name: "AsyncHTTPClient", package: "async-http-client") }
    static var hummingbird: Self { .product(name: "Hummingbird", package: "hummingbird") }
    static var hummingbirdTesting: Self { .product(name: "HummingbirdTesting", package: "hummingbird") }
    static var jwt: Self { .product(name: "JWTKit", package: "jwt-kit") }
    static var lifecycle: Self { .product(name: "ServiceLifecycle", package: "swift-service-lifecycle") }
    static var log: Self { .product(name: "Logging", package: "swift-log") }
    static var metrics: Self { .product(name: "CoreMetrics", package: "swift-metrics") }
    static var mustache: Self { .product(name: "Mustache", package: "swift-mustache") }
    static var nio: Self { .product(name: "NIOCore", package: "swift-nio") }
    static var nioHTTP: Self { .product(name: "NIOHTTP1", package: "swift-nio") }
}
