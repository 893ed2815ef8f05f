import CoreMetrics
import Synchronization

/// A number that goes up and down.
final class GaugeSeries: RecorderHandler, MeterHandler, MetricSeries {
    private let value = Mutex(0.0)

    func record(_ newValue: Int64) { set(Double(newValue)) }
    func record(_ newValue: Double) { set(newValue) }
    func set(_ newValue: Int64) { set(Double(newValue)) }
    func set(_ newValue: Double) { value.withLock { $0 = newValue } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }

    var samples: [Sample] { [Sample(value.withLock { $0 })] }
}
