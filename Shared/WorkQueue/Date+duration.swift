import Foundation

extension Date {
    /// This instant plus a duration.
    func adding(_ duration: Duration) -> Date {
        addingTimeInterval(duration / .seconds(1))
    }
}
