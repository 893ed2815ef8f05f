package import Foundation
import NIOCore
import NIOHTTP1

/// An HTTP answer, read whole.
package struct HTTPAnswer: Sendable {
    package let status: Int
    /// In the order they came.
    package let headers: [(name: String, value: String)]
    package let body: Data

    package init(status: Int, headers: [(name: String, value: String)], body: Data) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    package var isSuccess: Bool { (200...299).contains(status) }

    /// The first header of that name, in whatever case.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }

    /// What `Retry-After` says in seconds, at most ``ClientError/longestRetryAfter``; its date form is not ours to send and is ignored.
    package var retryAfter: Duration? {
        guard let text = header("retry-after"), let seconds = Int(text), seconds >= 0 else { return nil }
        return min(.seconds(seconds), ClientError.longestRetryAfter)
    }

    /// The error this answer amounts to, or nil for a success.
    package var error: ClientError? {
        isSuccess ? nil : ClientError(.refused(status: status), retryAfter: retryAfter, code: problemCode)
    }

    private var problemCode: String? {
        struct Problem: Decodable { let code: String? }
        guard header("content-type")?.lowercased().hasPrefix("application/problem+json") == true,
            let code = (try? JSONDecoder().decode(Problem.self, from: body))?.code, code.utf8.count <= 64,
            code.utf8.allSatisfy({ $0 == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
        else { return nil }
        return code
    }
}
