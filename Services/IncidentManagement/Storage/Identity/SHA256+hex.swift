import Crypto
import Foundation

extension SHA256 {
    /// The digest of a text in 64 lower-case hex digits, as the tables keep it.
    static func hex(_ text: String) -> String {
        hash(data: Data(text.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
