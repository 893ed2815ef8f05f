import HTTPTypes

extension HTTPRequest.Method {
    /// Methods that a path answers with 405 where it has no use for them; any other is a 501 (RFC 9110 §15.5.6, §15.6.2).
    static let known: [HTTPRequest.Method] =
        [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect] + [HTTPRequest.Method("QUERY")].compactMap(\.self)
}
