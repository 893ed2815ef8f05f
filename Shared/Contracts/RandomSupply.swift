import Foundation
import Synchronization

/// The system's random numbers, fetched many at a time: for ids, which every request makes several of and each of which would cost a system call.
///
/// As unguessable as those of `SystemRandomNumberGenerator`; keys and passwords take theirs from there, so that none lies in memory before its time.
package struct RandomSupply: RandomNumberGenerator, Sendable {
    /// `getentropy` gives at most 256 bytes, all or none.
    private static let numbers = 256 / MemoryLayout<UInt64>.size
    private static let stock = Mutex<[UInt64]>([])

    package init() {}

    package mutating func next() -> UInt64 {
        Self.stock.withLock { stock in
            if stock.isEmpty { stock = Self.fetch() }
            return stock.removeLast()
        }
    }

    private static func fetch() -> [UInt64] {
        var numbers = [UInt64](repeating: 0, count: numbers)
        let isFilled = numbers.withUnsafeMutableBytes { bytes in
            bytes.baseAddress.map { getentropy($0, bytes.count) == 0 } ?? false
        }
        guard !isFilled else { return numbers }
        var system = SystemRandomNumberGenerator()
        return numbers.map { _ in system.next() }
    }
}
