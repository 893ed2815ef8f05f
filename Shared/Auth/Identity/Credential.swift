/// What a request showed to prove who sends it; prints its kind only.
package enum Credential: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `Authorization: Bearer …`
    case bearer(String)
    /// `X-API-Key: …`
    case apiKey(String)
    /// `Authorization: GenieKey …`, as Opsgenie's clients send it.
    case genieKey(String)

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
