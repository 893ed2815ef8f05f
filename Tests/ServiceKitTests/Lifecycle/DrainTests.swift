import Foundation
import Hummingbird
import ServiceKit
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

/// Reliability SHD-1.
@Suite struct DrainTests {
    final class Diary: Sendable {
        private let kept = Mutex<[String]>([])
        func note(_ text: String) { kept.withLock { $0.append(text) } }
        var pages: [String] { kept.withLock { $0 } }
    }

    struct Base: Service {
        let diary: Diary
        func run() async throws {
            diary.note("base up")
            try? await gracefulShutdown()
            diary.note("base down")
        }
    }

    final class NotingWorker: Worker {
        let name = "noting"
        let began = Doorbell()
        let release = Doorbell()
        let diary: Diary
        init(_ diary: Diary) { self.diary = diary }

        func tick(now: Date) async throws -> TickReport {
            diary.note("tick begins")
            began.ring()
            await release.wait(after: 0, upTo: .seconds(30))
            diary.note("tick ends")
            return TickReport(handled: 1, more: true)
        }
    }

    private func get(_ path: String, port: Int, _ onAnswer: @escaping @Sendable () -> Void = {}) async throws -> String {
        try await RawConnection.with(port: port) { reader, writer in
            try await writer.send("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            return await reader.toTheEnd()
        }
    }

    @Test func everybodyFinishesInOrder() async throws {
        let (diary, release, arrived) = (Diary(), Doorbell(), Doorbell())
        var kit = Kit(settings: ["DRAIN_SECONDS": "1"])
        kit.limits.linger = .milliseconds(50)
        let worker = NotingWorker(diary)
        let loop = WorkerLoop(worker, bell: Doorbell(), every: .seconds(1), clock: kit.clock, metrics: kit.metrics, logger: kit.log.logger)
        let daemon = try kit.daemon(services: [Base(diary: diary)], workers: [loop]) { routes in
            routes.get("/slow", .open) { _, _ in
                arrived.ring()
                await release.wait(after: 0, upTo: .seconds(30))
                diary.note("request ends")
                return "done"
            }
        } prepare: {
            diary.note("prepared")
        }
        let group = ServiceGroup(services: [Whole(daemon: daemon)], logger: kit.log.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await daemon.port())
            #expect(try await get("/readyz", port: port).hasPrefix("HTTP/1.1 200"))
            await worker.began.wait(after: 0, upTo: .seconds(30))
            async let slow = get("/slow", port: port)
            await arrived.wait(after: 0, upTo: .seconds(30))
            await group.triggerGracefulShutdown()
            while try await get("/readyz", port: port).hasPrefix("HTTP/1.1 200") {}
            let red = try await get("/readyz", port: port)
            #expect(red.hasPrefix("HTTP/1.1 503"))
            #expect(red.contains("draining"))
            worker.release.ring()
            release.ring()
            #expect(try await slow.hasSuffix("done"))
            try await tasks.waitForAll()
        }
        let pages = diary.pages
        #expect(pages.first == "base up" || pages.first == "prepared")
        #expect(pages.filter { $0 == "tick begins" }.count == 1, "nothing is claimed after the stop")
        #expect(pages.contains("tick ends") && pages.contains("request ends"))
        #expect(pages.last == "base down")
        #expect(kit.log.errors.isEmpty)
    }

    /// Claims again and again within one tick, as a delivery worker under constant load.
    final class TirelessWorker: Worker {
        let name = "tireless"
        let began = Doorbell()
        let ended = Doorbell()
        let bell = Doorbell()
        let diary: Diary
        init(_ diary: Diary) { self.diary = diary }

        func tick(now: Date) async throws -> TickReport {
            began.ring()
            while true {
                let heard = bell.rings
                if WorkerLoop.isStopAsked || Task.isCancelled { break }
                await bell.wait(after: heard, upTo: .seconds(30))
            }
            diary.note("claims no more")
            ended.ring()
            return .idle
        }
    }

    /// The crew's own turn to stop comes when the server has ended, which a request under way puts off.
    @Test func tickThatGoesOnClaimingHearsOfTheStopWhileTheServerStillServes() async throws {
        let (diary, release, arrived) = (Diary(), Doorbell(), Doorbell())
        var kit = Kit()
        kit.limits.linger = .milliseconds(50)
        let worker = TirelessWorker(diary)
        let loop = WorkerLoop(
            worker, bell: worker.bell, every: .seconds(1), clock: kit.clock, metrics: kit.metrics, logger: kit.log.logger)
        let daemon = try kit.daemon(workers: [loop]) { routes in
            routes.get("/slow", .open) { _, _ in
                arrived.ring()
                await release.wait(after: 0, upTo: .seconds(30))
                return "done"
            }
        }
        let group = ServiceGroup(services: [Whole(daemon: daemon)], logger: kit.log.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let port = try #require(await daemon.port())
            await worker.began.wait(after: 0, upTo: .seconds(30))
            async let slow = get("/slow", port: port)
            await arrived.wait(after: 0, upTo: .seconds(30))
            await group.triggerGracefulShutdown()
            // Less than what the request waits.
            await worker.ended.wait(after: 0, upTo: .seconds(25))
            diary.note("request ends")
            release.ring()
            #expect(try await slow.hasSuffix("done"))
            try await tasks.waitForAll()
        }
        #expect(diary.pages == ["claims no more", "request ends"])
        #expect(kit.log.errors.isEmpty)
    }

    private struct Whole: Service {
        let daemon: Daemon
        func run() async throws { try await daemon.run() }
    }

    @Test func startIsRedUntilPrepared() async throws {
        let kit = Kit()
        let release = Doorbell()
        let daemon = try kit.daemon(prepare: { await release.wait(after: 0, upTo: .seconds(30)) })
        #expect(await RouterProbe(daemon: daemon).status("/readyz") == 503)
        release.ring()
        try await daemon.whileServing { port in
            let answer = try await get("/readyz", port: port)
            #expect(answer.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test func failedPreparationEndsTheDaemon() async throws {
        struct NoDatabase: Error {}
        let daemon = try Kit().daemon(prepare: { throw NoDatabase() })
        await #expect(throws: NoDatabase.self) { try await daemon.run() }
    }

    @Test func severalDaemonsLiveInOneProcess() async throws {
        let first = try Kit().daemon { $0.get("/who", .open) { _, _ in "first" } }
        let second = try Kit().daemon { $0.get("/who", .open) { _, _ in "second" } }
        try await first.whileServing { one in
            try await second.whileServing { two in
                #expect(one != two)
                let answers = (try await get("/who", port: one), try await get("/who", port: two))
                #expect(answers.0.hasSuffix("first"))
                #expect(answers.1.hasSuffix("second"))
            }
        }
    }
}
