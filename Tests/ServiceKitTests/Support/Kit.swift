import Auth
import Contracts
import Foundation
import Hummingbird
import HummingbirdTesting
import PrometheusMetrics
import ServiceKit
import ServiceLifecycle
import TestSupport

/// A daemon made of nothing but the kit and the routes a test gives it.
struct Kit {
    let log = LogRecorder()
    let metrics = PrometheusMetricsFactory()
    let clock = ManualClock()
    var document: APIDocument?
    var settings: [String: String] = [:]
    var host = "127.0.0.1"
    var limits = ConnectionLimits.standard
    var confirmation: Routes.Confirmation?
    var peer = Peer.webUI

    func daemon(
        health: [HealthCheck] = [], services: [any Service] = [], workers: [WorkerLoop] = [], _ register: (Routes) -> Void = { _ in },
        prepare: @escaping @Sendable () async throws -> Void = {}
    ) throws -> Daemon {
        var boot = try Bootstrap(
            peer: peer, settings: Settings(settings), logger: log.logger, metrics: metrics, clock: clock, host: host, port: 0
        )
        boot.connectionLimits = limits
        // Beside a thousand other tests a turn of the stop may take seconds.
        boot.inFlight = .seconds(120)
        let routes = Routes(confirmation: confirmation)
        register(routes)
        return try boot.daemon(
            routes: routes, document: document, authenticator: KnownCredentials(), health: health, services: services, workers: workers,
            clock: clock,
            prepare: prepare
        )
    }
}

/// Knows a handful of credentials by name.
struct KnownCredentials: Authenticator {
    struct Unreachable: Error {}

    func principal(for credential: Credential) async throws -> Principal? {
        switch credential {
        case .bearer("down"), .apiKey("down"): throw Unreachable()
        case .bearer("daemon"): Principal(kind: .daemon(.onCall), role: nil, name: "oncall-service")
        case .bearer("pages"): Principal(kind: .daemon(.webUI), role: nil, name: "web-ui")
        case .bearer("norole"): Principal(kind: .user(.make(at: ManualClock.start)), role: nil, name: "norole")
        case .bearer(let text): Role(rawValue: text).map { Principal(kind: .user(.make(at: ManualClock.start)), role: $0, name: text) }
        case .apiKey("key"), .genieKey("key"): Principal(kind: .integration(.make(at: ManualClock.start)), role: nil, name: "key")
        case .apiKey("token"): Principal(kind: .apiToken("ci"), role: .responder, name: "ci")
        default: nil
        }
    }
}

struct ProblemDocument: Decodable, Equatable {
    let type: String
    let title: String
    let status: Int
    let detail: String
    let code: String
    let requestID: String?
    let errors: [FieldFault]?
}

extension TestResponse {
    var text: String { String(buffer: body) }

    func problem() throws -> ProblemDocument {
        try WireJSON.decode(fromText: text)
    }
}
