import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// One request and its whole answer, within a deadline and a size.
struct HTTPExchange {
    let client: HTTPClient
    /// Bytes of the answer's body that are read; more is an error.
    let bodyLimit: Int

    /// - Parameter limit: For all of it, from the connection to the last byte of the answer.
    func run(
        _ method: String, _ url: String, _ headers: HTTPHeaders, _ body: Data?, within limit: Duration
    ) async throws(ClientError) -> HTTPAnswer {
        guard headers.areWellFormed else { throw ClientError(.invalidRequest) }
        do {
            let request = try HTTPClient.Request(
                url: url, method: HTTPMethod(rawValue: method), headers: headers, body: body.map { .byteBuffer(ByteBuffer(bytes: $0)) })
            // The client's futures heed the deadline to the end of the body, its async functions to the end of the head only.
            let accumulator = ResponseAccumulator(request: request, maxBodySize: bodyLimit)
            let call = client.execute(request: request, delegate: accumulator, deadline: .now() + TimeAmount(limit))
            let response = try await withTaskCancellationHandler {
                try await call.get()
            } onCancel: {
                call.cancel()
            }
            guard response.status.code >= 200 else { throw ClientError(.badAnswer) }
            return HTTPAnswer(
                status: Int(response.status.code), headers: response.headers.map { ($0.name, $0.value) },
                body: Data((response.body ?? ByteBuffer()).readableBytesView))
        } catch {
            throw Self.clientError(error)
        }
    }

    private static func clientError(_ error: any Error) -> ClientError {
        switch error {
        case let error as ClientError: error
        case is CancellationError: ClientError(.cancelled)
        case is ResponseAccumulator.ResponseTooBigError: ClientError(.answerTooLarge)
        case is HTTPParserError: ClientError(.badAnswer)
        case let error as HTTPClientError: clientError(error)
        default: ClientError(.unreachable)
        }
    }

    private static func clientError(_ error: HTTPClientError) -> ClientError {
        switch error {
        case .connectTimeout, .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout, .tlsHandshakeTimeout:
            ClientError(.timeout)
        case .cancelled: ClientError(.cancelled)
        case .remoteConnectionClosed, .requestStreamCancelled, .uncleanShutdown, .alreadyShutdown: ClientError(.unreachable)
        case .invalidURL, .emptyHost, .emptyScheme: ClientError(.invalidRequest)
        default: ClientError(.badAnswer)
        }
    }
}

extension HTTPHeaders {
    /// Whether every name is a token and no value could end its line (RFC 9110 §5.5): what a person typed may be in one.
    fileprivate var areWellFormed: Bool {
        allSatisfy { name, value in
            !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
                && value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
        }
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
