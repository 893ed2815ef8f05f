import Contracts
package import HTTPTypes
package import Hummingbird

/// A value as our JSON.
package struct JSONResponse<Body: Encodable & Sendable>: ResponseGenerator, Sendable {
    package let body: Body
    package let status: HTTPResponse.Status
    package let headers: HTTPFields

    package init(_ body: Body, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]) {
        self.body = body
        self.status = status
        self.headers = headers
    }

    package func response(from request: Request, context: some RequestContext) throws -> Response {
        var headers = headers
        if headers[.contentType] == nil { headers[.contentType] = "application/json" }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: try WireJSON.encode(body))))
    }
}
