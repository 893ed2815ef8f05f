import HTTPTypes
import Hummingbird
import ServiceKit

/// The version of an object as a strong entity tag (RFC 9110 §8.8.3).
enum EntityTag {
    static func header(_ version: Int) -> HTTPFields {
        [.eTag: "\"\(version)\""]
    }

    /// The version `If-Match` asks for; nil when any will do. Throws 412 for a tag that is none of ours.
    static func expected(by request: Request) throws -> Int? {
        guard let text = request.headers[.ifMatch], text != "*" else { return nil }
        guard text.count >= 3, text.hasPrefix("\""), text.hasSuffix("\""), let version = Int(text.dropFirst().dropLast()) else {
            throw Problem.preconditionFailed
        }
        return version
    }
}
