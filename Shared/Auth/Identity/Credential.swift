/// What a request showed to prove who sends it; prints its kind only.
package enum Credential: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `Authorization: Bearer …`
    case bearer(String)
    /// `X-API-Key: …`
    case apiKey(String)
    /// `Authorization: GenieKey …`, as Opsgenie's clients send it.
    case genieKey(String)

    /// What was sent, however it was sent.
    package var text: String {
        switch self {
        case .bearer(let text), .apiKey(let text), .genieKey(let text): text
        }
    }

    package var description: String {
        switch self {
        case .bearer: "bearer <redacted>"
        case .apiKey: "api key <redacted>"
        case .genieKey: "genie key <redacted>"
        }
    }

    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
