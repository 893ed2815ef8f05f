import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTPTypes

/// Stands between the connection's guard and the framework and takes the requests of ``HotRoutes`` out of the stream.
///
/// It takes a request only while the framework owes no answer, and holds back what comes behind one it has taken, so that answers keep the
/// order of their requests. Confined to its channel's event loop.
final class HotRouteHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum State {
        case passing
        case gathering(HotCall)
        case answering
    }

    /// What came behind a request that is being answered: the next requests, the client's half-close, the wish to close for a stop, what is
    /// wrong with the next request.
    private enum Held {
        case part(HTTPRequestPart)
        case event(Any)
        case error(any Error)
    }

    /// Held back before no more is read: what one read of the socket may bring comes on top.
    private static let heldLimit = 16

    private let routes: HotRoutes
    private var state = State.passing
    private var held: CircularBuffer<Held> = []
    /// The wish to close came while a request was still arriving; it is told behind that request.
    private var stopIsHeld = false
    /// Requests the framework has got and not answered.
    private var owed = 0
    private var readIsWanted = false

    init(_ routes: HotRoutes) {
        self.routes = routes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch (state, part) {
        case (.answering, _): held.append(.part(part))
        case (.passing, .head(let head)):
            if owed == 0, let (route, credential) = routes.route(for: head) {
                state = .gathering(HotCall(head: head, route: route, credential: credential))
            } else {
                owed += 1
                context.fireChannelRead(data)
            }
        case (.passing, _): context.fireChannelRead(data)
        case (.gathering(var call), .body(let bytes)):
            // Otherwise the buffer is shared with the state, and appending copies it.
            state = .passing
            call.append(bytes)
            state = .gathering(call)
        case (.gathering(let call), .end): begin(call, context, end: data)
        case (.gathering, .head): context.fireErrorCaught(ChannelError.inappropriateOperationForState)
        }
    }

    private func begin(_ call: HotCall, _ context: ChannelHandlerContext, end: NIOAny) {
        state = .answering
        let place = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let request = HotRequest(
            credential: call.credential, query: call.head.target?.query ?? "", body: call.body, trace: call.trace)
        let taking = call.route.take(request) { make in
            place.eventLoop.execute { place.value.0.answer(call, make, place.value.1) }
        }
        switch taking {
        case .begun: routes.began(call.route)
        case .answered(let answer):
            routes.answered(call.route)
            // What is held, if anything is, is being released by whoever called.
            give(call, { answer }, context)
        case .left: leave(call, context, end: end)
        }
    }

    private func leave(_ call: HotCall, _ context: ChannelHandlerContext, end: NIOAny) {
        state = .passing
        owed += 1
        context.fireChannelRead(wrapInboundOut(.head(call.head)))
        if call.body.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(.body(call.body))) }
        context.fireChannelRead(end)
        releaseStop(context)
    }

    private func answer(_ call: HotCall, _ make: HotRoute.Answer, _ context: ChannelHandlerContext) {
        give(call, make, context)
        routes.metrics.ended()
        releaseHeld(context)
    }

    private func give(_ call: HotCall, _ make: HotRoute.Answer, _ context: ChannelHandlerContext) {
        let answer = call.answer(make, routes, from: context.remoteAddress?.ipAddress)
        if context.channel.isActive {
            context.write(wrapOutboundOut(.head(answer.head)), promise: nil)
            context.write(wrapOutboundOut(.body(answer.body)), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        }
        state = .passing
        releaseStop(context)
    }

    private func releaseStop(_ context: ChannelHandlerContext) {
        guard stopIsHeld else { return }
        stopIsHeld = false
        context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    private func releaseHeld(_ context: ChannelHandlerContext) {
        guard !held.isEmpty else { return }
        while let next = held.first {
            if case .answering = state { return }
            held.removeFirst()
            switch next {
            case .part(let part): channelRead(context: context, data: wrapInboundOut(part))
            case .event(let event): userInboundEventTriggered(context: context, event: event)
            case .error(let error): context.fireErrorCaught(error)
            }
        }
        context.fireChannelReadComplete()
        guard readIsWanted else { return }
        readIsWanted = false
        read(context: context)
    }

    /// A half-close and a stop concern the framework only once the answer under way is given: it would close the connection. It would for a
    /// stop that comes amid a body too, since it knows of no request; a half-close there is the client's leaving.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch state {
        case .answering: held.append(.event(event))
        case .gathering where event is ChannelShouldQuiesceEvent: stopIsHeld = true
        case .gathering, .passing: context.fireUserInboundEventTriggered(event)
        }
    }

    /// The framework would answer what came behind first, and that answer is a connection's last.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard case .answering = state else { return context.fireErrorCaught(error) }
        held.append(.error(error))
    }

    /// Bounds what is held back by not reading more.
    func read(context: ChannelHandlerContext) {
        guard held.count >= Self.heldLimit else { return context.read() }
        readIsWanted = true
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { owed = max(0, owed - 1) }
        context.write(data, promise: promise)
    }
}
