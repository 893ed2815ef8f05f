package import Contracts
import HTTPTypes
import Hummingbird

extension Problem {
    /// - Parameter what: a noun for the thing that is not there: "incident".
    package static func notFound(_ what: String) -> Problem {
        Problem(status: .notFound, code: "not_found", detail: "There is no such \(what).")
    }

    package static func conflict(code: String, _ detail: String) -> Problem {
        Problem(status: .conflict, code: code, detail: detail)
    }

    package static func badRequest(code: String, _ detail: String, errors: [FieldFault] = []) -> Problem {
        Problem(status: .badRequest, code: code, detail: detail, errors: errors)
    }

    package static func unprocessable(_ fields: InvalidFields) -> Problem {
        Problem(status: .unprocessableContent, code: "invalid_fields", detail: "Some fields are missing or wrong.", errors: fields.faults)
    }

    package static let preconditionFailed = Problem(
        status: .preconditionFailed, code: "precondition_failed", detail: "The object has changed meanwhile; read it again."
    )

    /// The same bytes whatever was wrong with the credential, so that nobody learns which part of it was right.
    package static let unauthorized = Problem(
        status: .unauthorized, code: "unauthorized", detail: "Credentials are missing or not valid.",
        headers: [.wwwAuthenticate: "Bearer realm=\"tocsin\""]
    )

    package static let forbidden = Problem(status: .forbidden, code: "forbidden", detail: "Your role does not allow this.")

    /// Said once the harm may be done, so it speaks of the harm too.
    static let httpsRequired = Problem(
        status: .forbidden, code: "https_required",
        detail: "This came over plain HTTP; use https. Change a credential that was sent with it."
    )

    package static func unavailable(_ detail: String, retryAfter: Duration = .seconds(1)) -> Problem {
        Problem(status: .serviceUnavailable, code: "unavailable", detail: detail, headers: [.retryAfter: wholeSeconds(retryAfter)])
    }

    package static func tooMany(retryAfter: Duration) -> Problem {
        Problem(
            status: .tooManyRequests, code: "too_many_requests", detail: "Too many requests; try again later.",
            headers: [.retryAfter: wholeSeconds(retryAfter)]
        )
    }

    /// Closes the connection too, so that what is left of the body need not be read.
    package static func contentTooLarge(limit: Int) -> Problem {
        Problem(
            status: .contentTooLarge, code: "content_too_large", detail: "The body may have at most \(limit) bytes.",
            headers: [.connection: "close"]
        )
    }

    package static func unsupportedMediaType(_ detail: String) -> Problem {
        Problem(status: .unsupportedMediaType, code: "unsupported_media_type", detail: detail)
    }

    package static func methodNotAllowed(_ allow: String) -> Problem {
        Problem(status: .methodNotAllowed, code: "method_not_allowed", detail: "This path answers other methods.", headers: [.allow: allow])
    }

    static let internalError = Problem(
        status: .internalServerError, code: "internal_error",
        detail: "Something went wrong on our side; the request id names it in our logs."
    )

    private static func wholeSeconds(_ duration: Duration) -> String {
        String(max(1, Int(duration.inSeconds.rounded(.up))))
    }
}
