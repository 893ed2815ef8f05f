import Contracts
import Foundation
import Testing

@Suite struct RandomSupplyTests {
    @Test func numbersOfManyTasksAreAllDifferent() async {
        let numbers = await withTaskGroup(of: [UInt64].self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var supply = RandomSupply()
                    return (0..<2_000).map { _ in supply.next() }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(numbers).count == 16_000)
    }

    /// Of 16,000 fair coins each of the 64 bits shows heads 8,000 ± 6 σ times.
    @Test func everyBitIsAsOftenOneAsZero() {
        var supply = RandomSupply()
        let numbers = (0..<16_000).map { _ in supply.next() }
        for bit in 0..<64 {
            let ones = numbers.count { $0 >> bit & 1 == 1 }
            #expect(abs(ones - 8_000) < 380, "bit \(bit)")
        }
    }

    @Test func idsAreAllDifferentAndWellFormed() {
        let ids = (0..<1_000).map { _ in UUID.random().text }
        #expect(Set(ids).count == 1_000)
        #expect(ids.allSatisfy { UUID(uuidString: $0) != nil })
    }
}
