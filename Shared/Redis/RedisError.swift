/// Why Redis did not do what it was asked; never holds a value or a credential.
package enum RedisError: Error, Sendable, Hashable {
    /// There is no connection at the moment; nothing was waited for.
    case notConnected
    /// No connection could be made.
    case unreachable
    /// The time was over before there was an answer.
    case timeout
    /// The connection broke.
    case lost
    /// Redis said no; its first word, as `NOAUTH`, `WRONGPASS` or `OOM`.
    case refused(String)
    /// Redis answered something else than the command's answer.
    case unexpected
    /// The value is longer than ``RedisLimits/longestValue``.
    case tooLong
}

extension RedisError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notConnected: "not connected"
        case .unreachable: "unreachable"
        case .timeout: "no answer in time"
        case .lost: "connection lost"
        case .refused(let word): "refused: \(word)"
        case .unexpected: "unexpected answer"
        case .tooLong: "value too long"
        }
    }
}
