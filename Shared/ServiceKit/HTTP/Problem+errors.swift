import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import NIOHTTP1

extension Problem {
    /// The answer for an error, or nil for one nobody foresaw.
    init?(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as any ProblemConvertible: self = error.problem
        case let fields as InvalidFields: self = .unprocessable(fields)
        case let fault as JSONFault: self = .malformed(fault)
        case is CancellationError: self = .unavailable("The service is stopping.")
        case is HTTPParserError: self = .brokenMessage
        case let error as HTTPError: self = .plain(error.status, headers: error.headers)
        case let error as any HTTPResponseError: self = .plain(error.status)
        default: return nil
        }
    }

    private static func malformed(_ fault: JSONFault) -> Problem {
        .badRequest(
            code: "malformed_json", "The body is not JSON we accept: \(fault.detail)",
            errors: [FieldFault(pointer: fault.pointer, detail: fault.detail)]
        )
    }

    static let brokenMessage = Problem(
        status: .badRequest, code: "malformed_message", detail: "The request is not valid HTTP.", headers: [.connection: "close"]
    )

    private static func plain(_ status: HTTPResponse.Status, headers: HTTPFields = [:]) -> Problem {
        let code = status.reasonPhrase.lowercased().replacing(" ", with: "_")
        return Problem(status: status, code: code.isEmpty ? "error" : code, detail: status.reasonPhrase + ".", headers: headers)
    }
}
