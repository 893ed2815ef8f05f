package import Contracts
package import Foundation

/// An API token somebody asked for, checked.
package struct APITokenDraft: Sendable {
    package let name: String
    package let role: Role
    package let expiresAt: Date

    package static let usualLifetime: TimeInterval = 90 * 86_400
    /// A program whose token nobody has looked at for two years is nobody's.
    package static let longestLifetime: TimeInterval = 731 * 86_400

    /// Reads the body of `POST /api/v1/tokens` by somebody of that role: a token never may more than its maker.
    package init(_ body: JSONValue, maker: Role, now: Date) throws(InvalidFields) {
        var fields = FieldReader(body)
        name = fields.text("name", 1...64)
        if !VisibleText.isPlain(name) { fields.fault("name", "must not contain invisible characters") }
        role = fields.optionalChoice("role", Role.self) ?? .viewer
        if role > maker { fields.fault("role", "must not be more than your own, \(maker.rawValue)") }
        let days = fields.optionalInteger("expires_in_days", 1...730)
        let time = fields.optionalTime("expires_at")
        if days != nil, time != nil { fields.fault("expires_at", "must not be given together with expires_in_days") }
        expiresAt = time ?? now.addingTimeInterval(days.map { TimeInterval($0) * 86_400 } ?? Self.usualLifetime)
        if time != nil, expiresAt <= now || expiresAt > now.addingTimeInterval(Self.longestLifetime) {
            fields.fault("expires_at", "must be in the future, at most two years ahead")
        }
        try fields.finish()
    }
}
