package import Foundation

/// One member's turn, `[start, end)`.
package struct Shift: Sendable, Hashable {
    /// Counted from the rotation's start.
    package let index: Int
    package let member: Member
    package let start: Date
    package let end: Date
}
