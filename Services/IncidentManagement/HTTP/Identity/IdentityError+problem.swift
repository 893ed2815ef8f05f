import Contracts
import HTTPTypes
package import ServiceKit

extension IdentityError: ProblemConvertible {
    package var problem: Problem {
        switch self {
        case .notSignedIn: .unauthorized
        case .throttled(let seconds): .tooMany(retryAfter: .seconds(seconds))
        case .busy: .tooMany(retryAfter: .seconds(1))
        case .alreadySetUp: .conflict(code: "already_set_up", "There is an admin already.")
        case .wrongSetupToken:
            Problem(status: .forbidden, code: "wrong_setup_token", detail: "The set-up token is not valid; a restart prints a new one.")
        case .wrongCurrentPassword: .unprocessable(InvalidFields("/current_password", "is not the password"))
        case .emailTaken: .conflict(code: "email_taken", "There is an account with this e-mail address.")
        case .userNameTaken: .conflict(code: "user_name_taken", "There is an account with this user name.")
        case .tokenNameTaken: .conflict(code: "token_name_taken", "There is a token with this name; revoke it first.")
        case .lastAdmin: .conflict(code: "last_admin", "This is the only active admin.")
        case .noSuchUser: .notFound("user")
        case .noSuchToken: .notFound("token")
        case .changedMeanwhile: .preconditionFailed
        case .noAccount: Problem(status: .forbidden, code: "account_required", detail: "Only a person signed in may do this.")
        }
    }
}
