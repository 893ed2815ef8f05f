package import HTTPTypes
package import Hummingbird

/// JSON that has been encoded before, as a cache keeps it.
package struct EncodedJSON: ResponseGenerator, Sendable {
    package let text: String
    package let headers: HTTPFields

    package init(_ text: String, headers: HTTPFields = [:]) {
        self.text = text
        self.headers = headers
    }

    package func response(from request: Request, context: some RequestContext) throws -> Response {
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
