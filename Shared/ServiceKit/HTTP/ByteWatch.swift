import NIOCore

/// The very first handler of a connection: tells when bytes arrive, which the decoder hides until headers are whole, and when all are read.
final class ByteWatch: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let beforeRead: () -> Void
    private let afterRead: () -> Void

    init(beforeRead: @escaping () -> Void, afterRead: @escaping () -> Void) {
        self.beforeRead = beforeRead
        self.afterRead = afterRead
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        beforeRead()
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        afterRead()
        context.fireChannelReadComplete()
    }
}
