import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Sits between the HTTP decoder and the server, one per connection, and ends what takes too long or is too large, with an answer where the
/// client can still read one.
///
/// Confined to its channel's event loop.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    enum Phase {
        /// Between requests, or amid one's headers.
        case waiting
        case readingBody
        /// The request is whole and its answer is not.
        case answering
        /// Refused: what still comes is thrown away until the client closes or ``ConnectionLimits/linger`` is over.
        case lingering
    }

    private let register: ConnectionRegister
    var phase = Phase.waiting
    var requests = 0
    var answerHasBegun = false
    var closesAfterAnswer = false
    private var timer: Scheduled<Void>?
    private var stalledWrite: Scheduled<Void>?

    init(_ register: ConnectionRegister) {
        self.register = register
    }

    func handlerAdded(context: ChannelHandlerContext) {
        register.add(context.channel)
        let watch = FirstByteWatch { [weak self] in self?.headersBegan(context) }
        try? context.pipeline.syncOperations.addHandler(watch, position: .first)
    }

    func channelInactive(context: ChannelHandlerContext) {
        register.remove(context.channel)
        timer?.cancel()
        stalledWrite?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        register.remove(context.channel)
        timer?.cancel()
        stalledWrite?.cancel()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if phase == .lingering { return }
        switch unwrapInboundIn(data) {
        case .head(let head): began(head, context, data)
        case .body: context.fireChannelRead(data)
        case .end:
            timer?.cancel()
            if phase == .readingBody { phase = .answering }
            context.fireChannelRead(data)
        }
    }

    private func headersBegan(_ context: ChannelHandlerContext) {
        guard phase == .waiting, timer == nil else { return }
        limit(ConnectionLimits.headerTime, context) { $0.refuse(.requestTimeout("The headers took too long."), $1) }
    }

    private func began(_ head: HTTPRequest, _ context: ChannelHandlerContext, _ data: NIOAny) {
        timer?.cancel()
        timer = nil
        register.isBusy(context.channel)
        requests += 1
        answerHasBegun = false
        if let problem = HeadCheck.problem(with: head) { return refuse(problem, context) }
        closesAfterAnswer = requests >= ConnectionLimits.requestsPerConnection
        phase = .readingBody
        limit(ConnectionLimits.bodyTime, context) { $0.refuse(.requestTimeout("The body took too long."), $1) }
        if head.headerFields[.expect]?.lowercased() == "100-continue" {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        context.fireChannelRead(data)
    }

    /// Runs `action` unless the phase it guards ends before.
    private func limit(
        _ time: TimeAmount, _ context: ChannelHandlerContext, _ action: @escaping (ConnectionGuard, ChannelHandlerContext) -> Void
    ) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { [weak self] in
            guard let self else { return }
            self.timer = nil
            action(self, context)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if phase == .lingering {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.kind != .informational:
            answerHasBegun = true
            if head.headerFields[.connection]?.lowercased() == "close" { closesAfterAnswer = true }
            if closesAfterAnswer { head.headerFields[.connection] = "close" }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end: finishAnswer(context, data, promise)
        default: context.write(data, promise: promise)
        }
    }

    private func finishAnswer(_ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
        answerHasBegun = false
        if closesAfterAnswer { return linger(context) }
        if phase == .answering {
            phase = .waiting
            register.isIdle(context.channel)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        stalledWrite?.cancel()
        stalledWrite = nil
        if !context.channel.isWritable {
            stalledWrite = context.eventLoop.assumeIsolated().scheduleTask(in: ConnectionLimits.writeTime) { context.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    /// Between requests the decoder's complaint is answered here; amid a body the handler must learn that the rest will not come.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard phase != .lingering else { return }
        guard let parserError = error as? HTTPParserError, phase == .waiting else { return context.fireErrorCaught(error) }
        let isTooLarge = parserError == .headerOverflow
        refuse(isTooLarge ? .headersTooLarge : .brokenMessage, context)
    }

    func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
        guard phase != .lingering else { return }
        if !answerHasBegun {
            let body = problem.body(requestID: nil)
            var head = HTTPResponse(status: problem.status, headerFields: problem.headers)
            head.headerFields[.contentType] = "application/problem+json"
            head.headerFields[.contentLength] = String(body.readableBytes)
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            context.write(wrapOutboundOut(.body(body)), promise: nil)
            context.write(wrapOutboundOut(.end(nil)), promise: nil)
        }
        linger(context)
    }

    /// Half-closes, so that the answer arrives even when the client is still sending, and closes soon after.
    private func linger(_ context: ChannelHandlerContext) {
        phase = .lingering
        context.flush()
        context.close(mode: .output, promise: nil)
        limit(ConnectionLimits.linger, context) { $1.close(promise: nil) }
    }
}
