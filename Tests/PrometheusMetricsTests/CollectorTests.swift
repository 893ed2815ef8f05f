import CoreMetrics
import PrometheusMetrics
import Synchronization
import Testing

private final class Tally: Sendable {
    private let value = Mutex(0)

    var count: Int { value.withLock { $0 } }

    func next() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }
}

@Suite struct CollectorTests {
    let metrics = PrometheusMetricsFactory()

    @Test func collectorRunsBeforeEveryScrape() async {
        let runs = Tally()
        let gauge = Gauge(label: "open_incidents", factory: metrics)
        metrics.beforeScrape {
            gauge.record(runs.next())
        }
        #expect(await metrics.exposition(.text).contains("\nopen_incidents 1\n"))
        #expect(await metrics.exposition(.text).contains("\nopen_incidents 2\n"))
    }

    @Test(.timeLimit(.minutes(5))) func deadDatabaseDoesNotHangTheScrape() async {
        let stuck = Mutex<UnsafeContinuation<Void, Never>?>(nil)
        let runs = Tally()
        defer { stuck.withLock { $0?.resume() } }
        let quick = Gauge(label: "quick", factory: metrics)
        metrics.beforeScrape { quick.record(1) }
        // Deaf to cancellation, like a blocking call.
        metrics.beforeScrape {
            _ = runs.next()
            await withUnsafeContinuation { continuation in stuck.withLock { $0 = continuation } }
        }
        let first = await metrics.exposition(.text, collectorTimeout: .milliseconds(50))
        #expect(first.contains("\nquick 1\n"))
        #expect(first.contains("tocsin_metrics_late_collectors_total 1\n"))
        let second = await metrics.exposition(.text, collectorTimeout: .milliseconds(50))
        #expect(second.contains("tocsin_metrics_late_collectors_total 2\n"))
        #expect(runs.count == 1)
    }

    @Test(.timeLimit(.minutes(5))) func collectorThatWasLateRunsAgainOnceItEnded() async {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let (ended, end) = AsyncStream.makeStream(of: Void.self)
        let runs = Tally()
        metrics.beforeScrape {
            if runs.next() == 1 {
                for await _ in gate { break }
            }
            end.yield()
        }
        _ = await metrics.exposition(.text, collectorTimeout: .zero)
        open.finish()
        for await _ in ended { break }
        while runs.count < 2 { _ = await metrics.exposition(.text) }
        #expect(runs.count == 2)
    }
}
