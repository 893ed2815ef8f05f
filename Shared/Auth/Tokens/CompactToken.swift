import Foundation

/// The three parts of a compact JWS (RFC 7515 §3.1), decoded strictly and not yet believed.
struct CompactToken {
    /// Bytes of a token: ours have some 400; more is an attack on the decoder.
    static let sizeLimit = 8 * 1024

    let header: Data
    let payload: Data
    let signature: Data
    /// The first two parts as they came: what the signature is over.
    let signed: Data

    /// Nil when too long, not exactly three parts, not canonical base64url, or without signature.
    init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.count <= Self.sizeLimit else { return nil }
        let parts = bytes.split(separator: UInt8(ascii: "."), maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        guard let header = Base64URL.decode(parts[0]), let payload = Base64URL.decode(parts[1]), let signature = Base64URL.decode(parts[2])
        else { return nil }
        self.header = header
        self.payload = payload
        self.signature = signature
        signed = Data(bytes[..<parts[1].endIndex])
    }

    /// Decodes the header or the payload, unless it is anything but one JSON object that names each member once.
    static func decode<Value: Decodable>(_ type: Value.Type, from part: Data) -> Value? {
        guard MemberNames.areUnique(in: part) else { return nil }
        return try? JSONDecoder().decode(type, from: part)
    }
}
