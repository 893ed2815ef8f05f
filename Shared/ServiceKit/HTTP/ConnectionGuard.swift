import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Sits between the HTTP decoder and the server, one per connection, and ends what takes too long or is too large, with an answer where the
/// client can still read one. Requests may be pipelined; an answer of ours never overtakes one that is due before it.
///
/// Confined to its channel's event loop.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum Input { case headers, body, closed }

    private let limits: ConnectionLimits
    private let register: ConnectionRegister
    private var input = Input.headers
    /// Bytes have come that are no head yet.
    private var isAmidHeaders = false
    private var requests = 0
    private var unanswered = 0
    private var answerHasBegun = false
    private var closesAfterAnswers = false
    private var outputIsClosed = false
    private var inputTimer: Scheduled<Void>?
    private var outputTimer: Scheduled<Void>?
    private var idleTimer: Scheduled<Void>?
    private var idleSince = NIODeadline.now()

    init(_ limits: ConnectionLimits, _ register: ConnectionRegister) {
        self.limits = limits
        self.register = register
    }

    func handlerAdded(context: ChannelHandlerContext) {
        register.add(context.channel)
        let watch = ByteWatch { [weak self] in
            self?.isAmidHeaders = true
        } afterRead: { [weak self] in
            self?.watchInput(context)
        }
        try? context.pipeline.syncOperations.addHandler(watch, position: .first)
        idleTimer = after(limits.keepAlive, context) { $0.closeIfIdle($1) }
    }

    private func closeIfIdle(_ context: ChannelHandlerContext) {
        let limit = TimeAmount(limits.keepAlive)
        let isIdle = unanswered == 0 && input == .headers
        let time: TimeAmount = isIdle ? .now() - idleSince : .zero
        if time >= limit { return context.close(promise: nil) }
        idleTimer = after(limits.keepAlive - Duration(time), context) { $0.closeIfIdle($1) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { forget(context) }

    func channelInactive(context: ChannelHandlerContext) {
        forget(context)
        context.fireChannelInactive()
    }

    private func forget(_ context: ChannelHandlerContext) {
        register.remove(context.channel)
        inputTimer?.cancel()
        outputTimer?.cancel()
        idleTimer?.cancel()
    }
}

// MARK: - What comes in

extension ConnectionGuard {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard input != .closed else { return }
        switch unwrapInboundIn(data) {
        case .head(let head): began(head, context, data)
        case .body: context.fireChannelRead(data)
        case .end:
            stopTimer()
            input = closesAfterAnswers ? .closed : .headers
            isAmidHeaders = false
            if unanswered == 0 { register.isIdle(context.channel) }
            context.fireChannelRead(data)
        }
    }

    private func began(_ head: HTTPRequest, _ context: ChannelHandlerContext, _ data: NIOAny) {
        stopTimer()
        register.isBusy(context.channel)
        isAmidHeaders = false
        if let problem = HeadCheck.problem(with: head) { return refuse(problem, context) }
        requests += 1
        if requests >= limits.requestsPerConnection { closesAfterAnswers = true }
        input = .body
        unanswered += 1
        if unanswered == 1, head.headerFields[.expect] != nil {
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        context.fireChannelRead(data)
    }

    /// Called when everything that had arrived is read: a request that is whole by then costs no timer. One behind an unanswered request is
    /// not the client's delay, so this is called with each answer too: nothing more may ever arrive.
    private func watchInput(_ context: ChannelHandlerContext) {
        guard inputTimer == nil else { return }
        switch input {
        case .headers where isAmidHeaders && unanswered == 0:
            inputTimer = after(limits.headerTime, context) { $0.refuse(.requestTimeout("The headers took too long."), $1) }
        case .body where unanswered <= 1:
            inputTimer = after(limits.bodyTime, context) { $0.refuse(.requestTimeout("The body took too long."), $1) }
        default: return
        }
    }

    private func stopTimer() {
        inputTimer?.cancel()
        inputTimer = nil
    }

    private func after(
        _ time: Duration, _ context: ChannelHandlerContext, _ action: @escaping (ConnectionGuard, ChannelHandlerContext) -> Void
    ) -> Scheduled<Void> {
        context.eventLoop.assumeIsolated().scheduleTask(in: .init(time)) { [weak self] in
            guard let self else { return }
            action(self, context)
        }
    }

    /// The decoder's complaint is answered here, except when a handler waits for more of a body or an answer is due first: those must hear it.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard input != .closed || !(error is HTTPParserError) else { return }
        guard let parserError = error as? HTTPParserError, input == .headers, unanswered == 0 else {
            return context.fireErrorCaught(error)
        }
        refuse(parserError == .headerOverflow ? .headersTooLarge : .brokenMessage, context)
    }

    /// Answers the problem where no other answer stands before it, and reads nothing more.
    private func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
        guard input != .closed else { return }
        let isOfForwarded = input == .body
        input = .closed
        stopTimer()
        let before = unanswered - (isOfForwarded ? 1 : 0)
        if before > 0 {
            closesAfterAnswers = true
            return
        }
        let isAnswered = isOfForwarded && unanswered == 0
        if !answerHasBegun, !isAnswered { write(problem, context) }
        closeOutput(context)
        // Otherwise a handler could take what it has of a chunked body for the whole.
        if isOfForwarded { context.fireErrorCaught(HTTPParserError.invalidEOFState) }
    }

    private func write(_ problem: Problem, _ context: ChannelHandlerContext) {
        let body = problem.body(requestID: nil)
        var head = HTTPResponse(status: problem.status, headerFields: problem.headers)
        head.headerFields[.contentType] = Problem.contentType
        head.headerFields[.contentLength] = String(body.readableBytes)
        head.headerFields[.connection] = "close"
        for part in [HTTPResponsePart.head(head), .body(body), .end(nil)] { context.write(wrapOutboundOut(part), promise: nil) }
    }
}

// MARK: - What goes out

extension ConnectionGuard {
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if outputIsClosed {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.kind != .informational:
            answerHasBegun = true
            if head.headerFields[.connection]?.lowercased() == "close" { closesAfterAnswers = true }
            if closesAfterAnswers, unanswered <= 1 { head.headerFields[.connection] = "close" }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end: finishAnswer(context, data, promise)
        default: context.write(data, promise: promise)
        }
    }

    private func finishAnswer(_ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
        context.write(data, promise: promise)
        answerHasBegun = false
        unanswered = max(0, unanswered - 1)
        watchInput(context)
        guard unanswered == 0 else { return }
        idleSince = .now()
        if closesAfterAnswers { return closeOutput(context) }
        if input == .headers { register.isIdle(context.channel) }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        outputTimer?.cancel()
        outputTimer = context.channel.isWritable && !outputIsClosed ? nil : after(limits.writeTime, context) { $1.close(promise: nil) }
        context.fireChannelWritabilityChanged()
    }

    /// Half-closes, so that the answer arrives even when the client is still sending, and closes soon after all of it is written. Until then
    /// the client has as long as for any other answer.
    private func closeOutput(_ context: ChannelHandlerContext) {
        guard !outputIsClosed else { return }
        outputIsClosed = true
        input = .closed
        stopTimer()
        // What is left may be too little for the channel to say that it cannot be written.
        outputTimer = outputTimer ?? after(limits.writeTime, context) { $1.close(promise: nil) }
        let isWritten = context.eventLoop.makePromise(of: Void.self)
        isWritten.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.linger(context) }
        context.flush()
        context.close(mode: .output, promise: isWritten)
    }

    private func linger(_ context: ChannelHandlerContext) {
        outputTimer?.cancel()
        outputTimer = after(limits.linger, context) { $1.close(promise: nil) }
    }
}
