import Foundation

/// Why the gate refused a document, and where; becomes a 400.
package struct JSONFault: Error, Sendable, Hashable {
    /// A JSON pointer (RFC 6901) to the value at fault; empty for the document itself.
    package let pointer: String
    /// The byte of the body at which the gate stopped.
    package let offset: Int
    /// One sentence for the sender; never quotes the document.
    package let detail: String

    package init(pointer: String = "", offset: Int, detail: String) {
        self.pointer = pointer
        self.offset = offset
        self.detail = detail
    }

    /// The same fault seen from one container further out.
    func inside(_ key: some StringProtocol) -> JSONFault {
        let escaped = key.replacingOccurrences(of: "~", with: "~0").replacingOccurrences(of: "/", with: "~1")
        return JSONFault(pointer: "/" + escaped + pointer, offset: offset, detail: detail)
    }
}
