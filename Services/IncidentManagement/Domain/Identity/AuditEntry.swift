package import Contracts
package import Foundation

/// Who did something, by which request, from where and when.
package struct AuditOrigin: Sendable, Hashable {
    package let actor: String
    package let requestID: String?
    package let remoteAddress: String?
    package let at: Date

    package init(actor: String, requestID: String?, remoteAddress: String?, at: Date) {
        self.actor = actor
        self.requestID = requestID
        self.remoteAddress = remoteAddress
        self.at = at
    }

    /// The same by somebody who has just shown who it is.
    func by(_ actor: String) -> AuditOrigin {
        AuditOrigin(actor: actor, requestID: requestID, remoteAddress: remoteAddress, at: at)
    }
}

/// One line of the record of what people and programs did; never changed, never taken back.
package struct AuditEntry: Sendable, Hashable {
    package let origin: AuditOrigin
    /// Such as `user.create`: the kind of object, then the verb.
    package let action: String
    /// Such as `user:0197…`.
    package let object: String
    package let before: JSONValue?
    package let after: JSONValue?

    package init(_ origin: AuditOrigin, _ action: String, _ object: String, before: JSONValue? = nil, after: JSONValue? = nil) {
        self.origin = origin
        self.action = action
        self.object = object
        self.before = before
        self.after = after
    }
}
