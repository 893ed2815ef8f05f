import CoreMetrics
import Synchronization

/// How many observations fell at or below each bound, their number and their sum.
final class HistogramSeries: TimerHandler, RecorderHandler, MetricSeries {
    private struct State {
        /// One per bound and one beyond the last; not cumulative.
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    init(buckets: [Double]) {
        bounds = buckets
        state = Mutex(State(counts: Array(repeating: 0, count: buckets.count + 1)))
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1_000_000_000) }
    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[bucket] += 1
            $0.sum += value
        }
    }

    var samples: [Sample] {
        let now = state.withLock { $0 }
        var total = 0.0
        var samples: [Sample] = []
        for (bound, count) in zip(bounds + [.infinity], now.counts) {
            total += Double(count)
            samples.append(Sample(total, suffix: "_bucket", label: "le=\"\(Exposition.bound(bound))\""))
        }
        samples.append(Sample(now.sum, suffix: "_sum"))
        samples.append(Sample(total, suffix: "_count"))
        return samples
    }
}
