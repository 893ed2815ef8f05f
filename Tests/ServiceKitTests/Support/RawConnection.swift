import Foundation
import NIOCore
import NIOPosix

/// A TCP connection on which a test writes whatever it likes.
struct RawConnection: Sendable {
    private let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    static func with<Value: Sendable>(
        port: Int, _ body: @Sendable (inout Reader, NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel(
                        wrappingChannelSynchronously: channel,
                        configuration: .init(
                            isOutboundHalfClosureEnabled: true, inboundType: ByteBuffer.self, outboundType: ByteBuffer.self)
                    )
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var reader = Reader(iterator: inbound.makeAsyncIterator())
            return try await body(&reader, outbound)
        }
    }

    /// Whatever has arrived anywhere is handled once connections made after it have been served by every event loop.
    static func everyLoopTurns(_ port: Int) async throws {
        for _ in 0..<4 * System.coreCount {
            _ = try await with(port: port) { reader, writer in
                try await writer.send("GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                return await reader.toTheEnd()
            }
        }
    }

    struct Reader {
        fileprivate var iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        private(set) var text = ""

        fileprivate init(iterator: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) { self.iterator = iterator }

        /// Reads until the peer closes; a reset counts as closing.
        mutating func toTheEnd() async -> String {
            while let bytes = try? await iterator.next() { text += String(buffer: bytes) }
            return text
        }

        /// Reads until the head of an answer has come, or the peer closes.
        mutating func head() async {
            while text.range(of: "\r\n\r\n") == nil, let bytes = try? await iterator.next() { text += String(buffer: bytes) }
        }

        /// Reads until that many answers have come whole, or the peer closes.
        mutating func answers(_ count: Int) async -> String {
            while text.components(separatedBy: "HTTP/1.1 ").count - 1 < count || !endsWhole, let bytes = try? await iterator.next() {
                text += String(buffer: bytes)
            }
            return text
        }

        private var endsWhole: Bool {
            guard let last = text.components(separatedBy: "HTTP/1.1 ").last, let split = last.range(of: "\r\n\r\n") else { return false }
            let length =
                last.lowercased().components(separatedBy: "content-length: ").dropFirst().first
                .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
            return last[split.upperBound...].utf8.count >= length
        }
    }
}

extension NIOAsyncChannelOutboundWriter<ByteBuffer> {
    func send(_ text: String) async throws {
        try await write(ByteBuffer(string: text))
    }
}
