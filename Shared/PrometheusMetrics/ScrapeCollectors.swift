import Synchronization

/// Runs what must be computed before a scrape, and stops waiting for it in time.
final class ScrapeCollectors: Sendable {
    private struct Collector {
        let collect: @Sendable () async -> Void
        /// The run under way, if there is one; kept so that it can be cancelled and is never doubled.
        var run: Task<Void, Never>?
    }

    private let collectors = Mutex<[Collector]>([])

    func add(_ collect: @escaping @Sendable () async -> Void) {
        collectors.withLock { $0.append(Collector(collect: collect)) }
    }

    deinit {
        cancelRunning()
    }

    /// Starts every collector that is not still running and waits until all have finished or `limit` has passed.
    ///
    /// - Returns: how many were late: still running from an earlier scrape, or not finished within `limit`.
    func run(within limit: Duration) async -> Int {
        let (finished, finish) = AsyncStream.makeStream(of: Void.self)
        let (started, stuck) = start { finish.yield() }
        guard started > 0 else { return stuck }
        let done = await withTaskGroup(of: Int?.self) { group in
            group.addTask {
                var done = 0
                for await _ in finished {
                    done += 1
                    if done == started { break }
                }
                return done
            }
            group.addTask {
                try? await Task.sleep(for: limit)
                return nil
            }
            var done = 0
            for await result in group {
                done = result ?? done
                group.cancelAll()
            }
            return done
        }
        if done < started { cancelRunning() }
        return stuck + started - done
    }

    /// A collector that ignores cancellation must not hold the scrape, so its run is no child task: it is kept in ``Collector/run``, at most
    /// one per collector, and cancelled when late.
    private func start(_ finished: @escaping @Sendable () -> Void) -> (started: Int, stuck: Int) {
        collectors.withLock { collectors in
            var started = 0
            for index in collectors.indices where collectors[index].run == nil {
                let collect = collectors[index].collect
                collectors[index].run = Task { [weak self] in
                    await collect()
                    self?.ended(index)
                    finished()
                }
                started += 1
            }
            return (started, collectors.count - started)
        }
    }

    private func ended(_ index: Int) {
        collectors.withLock { $0[index].run = nil }
    }

    private func cancelRunning() {
        let runs = collectors.withLock { $0.compactMap(\.run) }
        for run in runs { run.cancel() }
    }
}
