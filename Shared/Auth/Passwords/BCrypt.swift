import CCrypt
import Foundation

/// bcrypt as libcrypt does it; blocking, so call it on a thread of its own.
package enum BCrypt {
    /// Costs we make and accept: below 4 there is no bcrypt, above 15 a sign-in takes seconds.
    package static let costs = 4...15

    /// The hash of `password` by the salt and cost of `setting` (a salt string or a whole hash); nil when libcrypt refuses the setting.
    ///
    /// The password is a C string: bytes past a NUL and past the 72nd do not count, which is why ``PasswordHasher`` never passes one as it is.
    package static func hash(_ password: String, setting: String) -> String? {
        let data = UnsafeMutablePointer<crypt_data>.allocate(capacity: 1)
        data.initialize(to: crypt_data())
        defer {
            UnsafeMutableRawPointer(data).initializeMemory(as: UInt8.self, repeating: 0, count: MemoryLayout<crypt_data>.size)
            data.deallocate()
        }
        guard let output = crypt_r(password, setting, data) else { return nil }
        let text = String(cString: output)
        return text.hasPrefix("*") ? nil : text
    }

    /// A fresh random salt with a cost, such as `$2b$12$…`; nil when the cost is outside ``costs``.
    package static func setting(cost: Int) -> String? {
        guard costs.contains(cost) else { return nil }
        var generator = SystemRandomNumberGenerator()
        let random = (0..<16).map { _ in CChar.random(in: .min ... .max, using: &generator) }
        var output = [CChar](repeating: 0, count: Int(CRYPT_GENSALT_OUTPUT_SIZE))
        guard crypt_gensalt_rn("$2b$", UInt(cost), random, Int32(random.count), &output, Int32(output.count)) != nil else { return nil }
        return String(decoding: output.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The cost a hash was made with, or nil when it is no bcrypt hash.
    package static func cost(of hash: String) -> Int? {
        let parts = hash.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].isEmpty, ["2a", "2b", "2y"].contains(parts[1]), parts[2].utf8.count == 2,
            parts[3].utf8.count == 53, let cost = Int(parts[2]), costs.contains(cost)
        else { return nil }
        return cost
    }
}
