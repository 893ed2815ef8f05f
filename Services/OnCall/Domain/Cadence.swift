/// How often a rotation by the clock hands over: every so many hours, days, weeks or months.
package struct Cadence: Sendable, Hashable {
    package enum Unit: String, Sendable, CaseIterable {
        case hourly, daily, weekly, monthly
    }

    package let unit: Unit
    /// At least 1.
    package let length: Int

    package init(_ unit: Unit, every length: Int = 1) {
        self.unit = unit
        self.length = length
    }

    package init(_ kind: RotationKind) {
        switch kind {
        case .daily: self.init(Unit.daily)
        case .weekly: self.init(Unit.weekly)
        case .biweekly: self.init(Unit.weekly, every: 2)
        }
    }

    /// A turn of a thousand hours, days, weeks or months is longer than anybody means.
    package static let lengths = 1...1000

    /// What plain schedules call it; nil for those they cannot have.
    package var kind: RotationKind? {
        RotationKind.allCases.first { Cadence($0) == self }
    }

    /// Only weeks have a day on which they begin.
    package var hasHandoffDay: Bool { unit == .weekly }
}
