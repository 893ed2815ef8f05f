package import CoreMetrics
import Synchronization

extension PrometheusMetricsFactory {
    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions)
    }

    package func makeFloatingPointCounter(label: String, dimensions: [(String, String)]) -> any FloatingPointCounterHandler {
        counter(label, dimensions)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions)
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate ? histogram(MetricName(histogram: label), dimensions) : gauge(label, dimensions)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(MetricName(timer: label), dimensions)
    }

    package func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { forget(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { forget(handler) }

    /// A series that is refused still gets a handler, so that its owner need not care; nothing shows it.
    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterSeries {
        let labels = LabelSet(dimensions)
        return registry.withLock { $0.series(MetricName(counter: label), .counter, labels) { _ in CounterSeries() } }
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        let labels = LabelSet(dimensions)
        return registry.withLock { $0.series(MetricName(gauge: label), .gauge, labels) { _ in GaugeSeries() } }
    }

    private func histogram(_ name: MetricName, _ dimensions: [(String, String)]) -> HistogramSeries {
        let labels = LabelSet(dimensions, reserved: "le")
        return registry.withLock { $0.series(name, .histogram, labels) { HistogramSeries(buckets: $0) } }
    }

    private func forget(_ handler: AnyObject) {
        guard let series = handler as? any MetricSeries else { return }
        registry.withLock { $0.remove(series) }
    }
}
