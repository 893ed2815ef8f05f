import HTTPTypes
import Hummingbird

/// What can be refused from a request's head alone.
enum HeadCheck {
    static func problem(with head: HTTPRequest) -> Problem? {
        let path = head.path ?? ""
        if path.utf8.count > ConnectionLimits.uriBytes { return .uriTooLong }
        guard let authority = head.authority, !authority.isEmpty else { return .brokenMessage }
        guard path.hasPrefix("/") || (path == "*" && head.method == .options) else { return .brokenMessage }
        return problem(with: head.headerFields)
    }

    /// In one pass, since every request pays for it.
    private static func problem(with fields: HTTPFields) -> Problem? {
        var length: String?
        var isChunked = false
        var expectation: String?
        for field in fields {
            switch field.name {
            // RFC 9112 §3.2: exactly one Host. The decoder has taken the first as the authority and left any other.
            case .secondHost: return .brokenMessage
            case .contentLength:
                if length != nil { return .brokenMessage }
                length = field.value
            case .transferEncoding: isChunked = true
            case .expect: expectation = field.value
            default: continue
            }
        }
        if let length {
            guard !isChunked, let length = Int(length), length >= 0 else { return .brokenMessage }
            if length > ConnectionLimits.largestBody { return .contentTooLarge(limit: ConnectionLimits.largestBody) }
        }
        if let expectation, expectation.lowercased() != "100-continue" {
            return Problem(status: .expectationFailed, code: "expectation_failed", detail: "Only 100-continue can be expected.")
        }
        return nil
    }
}

extension Problem {
    static let uriTooLong = Problem(
        status: .uriTooLong, code: "uri_too_long", detail: "The target may have at most \(ConnectionLimits.uriBytes) bytes."
    )
    static let headersTooLarge = Problem(
        status: .requestHeaderFieldsTooLarge, code: "headers_too_large",
        detail: "A request may have \(ConnectionLimits.headerFields) header fields and \(ConnectionLimits.headerBytes) bytes of them."
    )

    static func requestTimeout(_ detail: String) -> Problem {
        Problem(status: .requestTimeout, code: "request_timeout", detail: detail)
    }
}
