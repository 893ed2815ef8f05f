import Auth
import Foundation
import ServiceKit

extension CallContext {
    /// Who asks, for the record; `actor` where the route itself finds out.
    func origin(at now: Date, actor: String? = nil) -> AuditOrigin {
        AuditOrigin(actor: actor ?? caller.actor, requestID: requestID, remoteAddress: remoteAddress, at: now)
    }
}
