package import Auth
import HTTPTypes
package import NIOCore

/// The plain case of a POST or GET route, answered on the connection's own event loop without the framework's tasks and middleware.
///
/// It takes only what it will accept; whatever it leaves goes on to the framework's route of the same path as if nobody had looked, so that
/// refusals, rare headers and rare bodies are handled in one place.
package struct HotRoute: Sendable {
    /// What is answered, made on the event loop; a thrown error is answered as one thrown by a framework's handler.
    package typealias Answer = @Sendable () throws -> HotAnswer
    /// Answers a request, begins its work, or leaves it. Called on the event loop, so it must not wait.
    package typealias Take = @Sendable (HotRequest, _ answer: @escaping @Sendable (@escaping Answer) -> Void) -> Taking

    /// What became of a request that was offered.
    package enum Taking: Sendable {
        /// It is the framework's.
        case left
        /// The answer will be given from any thread, exactly once.
        case begun
        case answered(HotAnswer)
    }

    /// A longer body would hold up the loop's other connections while it is read: 64 KiB take about a millisecond.
    static let bodyLimit = 64 * 1024

    let method: HTTPRequest.Method
    /// As the framework's route: the template, without parameters.
    let path: String
    let take: Take
}

/// A JSON request of at most ``HotRoute/bodyLimit`` bytes, or one without a body, with nothing unusual in its head.
package struct HotRequest: Sendable {
    package let credential: Credential
    /// What stands behind the question mark, as it came.
    package let query: Substring
    package let body: ByteBuffer
    /// What the framework's handlers have as ``TraceContext/current``.
    package let trace: TraceContext
}

/// A status and a JSON text.
package struct HotAnswer: Sendable {
    package let status: Int
    package let json: String

    package init(status: Int, json: String) {
        self.status = status
        self.json = json
    }
}
