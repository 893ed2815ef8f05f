package import Contracts
import Foundation
import HTTPTypes
package import Hummingbird
package import NIOCore

extension Request {
    /// The body as a value, after its type, its size and the gate.
    ///
    /// Throws 415, 413, or ``JSONFault`` (400); also for a document that is neither object nor, where `limits` allow it, array.
    package func jsonBody(_ context: CallContext, _ limits: JSONLimits = .api) async throws -> JSONValue {
        try requireJSON()
        let value = try JSONGate.parse(try await rawBody(context, limit: limits.bytes), limits: limits)
        try Self.checkRoot(value, limits)
        return value
    }

    /// The body as it is. Throws 413 for one longer than `limit` bytes – before reading it when its length was declared – and 415 for a
    /// compressed one.
    package func rawBody(_ context: CallContext, limit: Int) async throws -> ByteBuffer {
        if let coding = headers[.contentEncoding], coding.lowercased() != "identity" {
            throw Problem.unsupportedMediaType("Compressed bodies are not accepted.")
        }
        let declared = headers[.contentLength].flatMap { Int($0) }
        if let declared, declared > limit { throw Problem.contentTooLarge(limit: limit) }
        do {
            let bytes = try await body.collect(upTo: limit)
            if let declared, declared != bytes.readableBytes { throw Problem.brokenMessage }
            return bytes
        } catch is NIOTooManyBytesError {
            throw Problem.contentTooLarge(limit: limit)
        }
    }

    /// A message of another daemon. Throws as ``jsonBody(_:_:)`` with ``JSONLimits/internal``, and ``InvalidFields`` (422) where it does not fit.
    package func message<T: Decodable>(_ type: T.Type, _ context: CallContext) async throws -> T {
        try requireJSON()
        let bytes = try await rawBody(context, limit: JSONLimits.internal.bytes)
        try Self.checkRoot(try JSONGate.parse(bytes, limits: .internal), .internal)
        do {
            return try WireJSON.decode(type, from: Data(bytes.readableBytesView))
        } catch let error as DecodingError {
            throw InvalidFields(error)
        }
    }

    private static func checkRoot(_ value: JSONValue, _ limits: JSONLimits) throws {
        switch value {
        case .object: return
        case .array where limits.acceptsArray: return
        default:
            throw JSONFault(
                offset: 0, detail: limits.acceptsArray ? "The document must be an object or array." : "The document must be an object.")
        }
    }

    private func requireJSON() throws {
        guard let text = headers[.contentType] else { throw Problem.unsupportedMediaType("Content-Type must be application/json.") }
        if text == "application/json" { return }
        let parts = text.split(separator: ";", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces).lowercased()
        }
        let isJSON = parts[0] == "application/json" || (parts[0].hasPrefix("application/") && parts[0].hasSuffix("+json"))
        guard isJSON else { throw Problem.unsupportedMediaType("Content-Type must be application/json.") }
        for parameter in parts.dropFirst() where parameter.hasPrefix("charset=") {
            let charset = parameter.dropFirst("charset=".count).replacing("\"", with: "")
            guard charset == "utf-8" || charset == "utf8" else { throw Problem.unsupportedMediaType("The body must be UTF-8.") }
        }
    }
}

extension InvalidFields {
    /// Where the decoder stopped; its own words may quote the message, so they are not used.
    fileprivate init(_ error: DecodingError) {
        let (path, detail): ([any CodingKey], String) =
            switch error {
            case .keyNotFound(let key, let context): (context.codingPath + [key], "is required")
            case .valueNotFound(_, let context): (context.codingPath, "is required")
            case .typeMismatch(_, let context): (context.codingPath, "has the wrong type")
            case .dataCorrupted(let context): (context.codingPath, "is not valid")
            @unknown default: ([], "is not valid")
            }
        let pointer = path.map { "/" + ($0.intValue.map(String.init) ?? WireJSON.snakeCase($0.stringValue)) }.joined()
        self.init(pointer, detail)
    }
}
