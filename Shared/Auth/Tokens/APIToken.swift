import Crypto
import Foundation

/// A token a program or a person's link carries: `tcs_<kind>_<32 random bytes in base 62>_<crc>` (AUT-6).
///
/// The checksum lets a mistyped token be refused without a look-up, and lets secret scanners find ours. Only ``digest`` is ever stored.
package struct APIToken: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        /// Calls the API.
        case api
        /// Renews a session.
        case refresh
        /// Makes the first admin, once.
        case setup
        /// Lets an invited person sign up.
        case invite
        /// Sets a new password.
        case recovery
        /// Reads one calendar of shifts, and nothing else.
        case calendar
    }

    private static let randomBytes = 32
    /// 62⁴³ > 2²⁵⁶.
    private static let randomDigits = 43
    /// 62⁶ > 2³².
    private static let checkDigits = 6

    package let kind: Kind
    /// The token itself: shown to its owner once, never stored.
    package let text: Secret

    private init(kind: Kind, text: String) {
        self.kind = kind
        self.text = Secret(text)
    }

    package static func make(kind: Kind) -> APIToken {
        var generator = SystemRandomNumberGenerator()
        let random = (0..<randomBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let body = "tcs_\(kind.rawValue)_\(Base62.encode(random, width: randomDigits))"
        return APIToken(kind: kind, text: body + "_" + check(body))
    }

    /// Reads a token; nil for anything of another shape or with a wrong checksum, without asking anybody.
    package init?(_ text: String) {
        let parts = text.split(separator: "_", maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "tcs", let kind = Kind(rawValue: String(parts[1])),
            parts[2].utf8.count == Self.randomDigits, Base62.isWellFormed(parts[2]),
            parts[3].utf8.elementsEqual(Self.check(parts[0...2].joined(separator: "_")).utf8)
        else { return nil }
        self.init(kind: kind, text: text)
    }

    /// The SHA-256 of the token in hex: what is stored, looked up and named in questions.
    package var digest: String { SHA256.hash(data: Data(text.reveal().utf8)).hexText }

    private static func check(_ body: String) -> String {
        let checksum = CRC32.checksum(body.utf8)
        return Base62.encode(withUnsafeBytes(of: checksum.bigEndian) { Array($0) }, width: checkDigits)
    }
}

extension Sequence<UInt8> {
    /// Two lower-case hexadecimal digits per byte.
    var hexText: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
