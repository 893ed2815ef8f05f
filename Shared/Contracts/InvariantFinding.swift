/// How many rows break a rule that must always hold (I1 to I9), and how many of them were put right.
package struct InvariantFinding: Codable, Sendable, Hashable {
    /// `I1`, `I2`, …
    package let invariant: String
    package let violations: Int
    package let repaired: Int

    package init(_ invariant: String, violations: Int, repaired: Int = 0) {
        self.invariant = invariant
        self.violations = violations
        self.repaired = repaired
    }
}

package struct InvariantReport: Codable, Sendable {
    package let items: [InvariantFinding]

    package init(items: [InvariantFinding]) {
        self.items = items
    }
}
