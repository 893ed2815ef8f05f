import HTTPTypes
import ServiceKit

extension Problem {
    /// A form from elsewhere, or from a client that does not say from where.
    static let foreignForm = Problem(
        status: .forbidden, code: "forbidden",
        detail: "This form was not sent from our own pages at PUBLIC_URL, or its sender does not say from where. Sign in again and repeat."
    )

    /// A form without the token of this session, such as one of a page from before the last sign-in.
    static let staleForm = Problem(
        status: .forbidden, code: "forbidden", detail: "This form is not of your present session. Sign in again and repeat."
    )
}
