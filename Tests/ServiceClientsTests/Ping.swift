import ServiceClients

/// What the tests send and are answered.
struct Ping: Codable, Sendable, Equatable {
    static let answer = #"{"incident_id":"x"}"#

    let incidentID: String
}

/// What a call failed with; nil when it did not, or not as a client fails.
func failure(_ call: () async throws -> some Any) async -> ClientError? {
    do {
        _ = try await call()
        return nil
    } catch {
        return error as? ClientError
    }
}
