import Auth
import Contracts
import Hummingbird
import ServiceKit

/// Whose contact methods and rules a caller may see and change: their own, and everybody's for an administrator.
enum Ownership {
    /// The person a request is about: `user_id` when given, else the caller. Throws ``NotificationError/notYours``.
    static func subject(_ given: UserID?, _ caller: Principal) throws -> UserID {
        guard let user = given ?? caller.userID else { throw InvalidFields("/user_id", "is required of a token that is nobody's") }
        try check(user, caller)
        return user
    }

    static func check(_ user: UserID, _ caller: Principal) throws(NotificationError) {
        if user == caller.userID { return }
        guard caller.isAdmin else { throw .notYours }
    }

    /// The `user_id` of a query.
    static func subject(of request: Request, _ caller: Principal) throws -> UserID {
        let text = try request.query("user_id")
        let given = text.flatMap { UserID($0) }
        if text != nil, given == nil { throw Problem.badRequest(code: "bad_parameter", "user_id must be a UUID.") }
        return try subject(given, caller)
    }
}

extension Principal {
    var isAdmin: Bool { role.map { $0 >= .admin } ?? false }
}
