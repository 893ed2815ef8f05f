import Contracts
import Foundation
import ServiceKit
import TestSupport
import Testing

/// Whatever the gate lets through, Foundation reads as the same value (reliability INP-1).
@Suite struct JSONDifferentialTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func foundationAgreesOnWhatTheGateAccepts(seed: UInt64) throws {
        var maker = DocumentMaker(seed: seed)
        var accepted = 0
        for _ in 0..<1_500 {
            let bytes = maker.document()
            guard let value = try? JSONGate.parse(bytes) else { continue }
            accepted += 1
            let other = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
            #expect(agree(value, other), "\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(accepted > 300)
    }

    @Test func ownSerializationComesBack() throws {
        var maker = DocumentMaker(seed: 9)
        for _ in 0..<500 {
            guard let value = try? JSONGate.parse(maker.document()) else { continue }
            #expect(try JSONGate.parse(Array(value.serialized.utf8)) == value)
        }
    }

    private func agree(_ value: JSONValue, _ other: Any) -> Bool {
        switch value {
        case .null: other is NSNull
        case .bool(let flag): (other as? NSNumber)?.boolValue == flag
        case .number(let text): agree(text, other as? NSNumber)
        case .string(let text): (other as? String).map { $0.utf8.elementsEqual(text.utf8) } ?? false
        case .array(let items):
            (other as? [Any]).map { $0.count == items.count && zip(items, $0).allSatisfy { agree($0, $1) } } ?? false
        case .object(let members):
            (other as? [String: Any]).map { dictionary in
                dictionary.count == members.count
                    && members.allSatisfy { member in dictionary[member.key].map { agree(member.value, $0) } ?? false }
            } ?? false
        }
    }

    /// Foundation on Linux goes through Decimal and may miss the nearest Double by a few units in the last place.
    private func agree(_ text: String, _ other: NSNumber?) -> Bool {
        guard let own = Double(text), let other = other?.doubleValue else { return false }
        return abs(own - other) <= 4 * own.ulp
    }
}
