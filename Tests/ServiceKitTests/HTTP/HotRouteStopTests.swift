import ServiceKit
import Synchronization
import TestSupport
import Testing

/// What a graceful stop leaves a hot route time for.
@Suite struct HotRouteStopTests {
    @Test func stopWaitsForTheAnswerUnderWay() async throws {
        let gate = HotThings.Gate()
        let kit = Kit()
        let daemon = try kit.daemon(HotThings.routes(gate))
        let serves = Doorbell()
        async let serving: Void = daemon.whileServing { port in
            gate.port.withLock { $0 = port }
            serves.ring()
            await gate.entered.wait(after: 0, upTo: .seconds(30))
        }
        async let opening: Void = {
            try? await Self.stopBegins(kit.log, gate)
            gate.open()
        }()
        await serves.wait(after: 0, upTo: .seconds(30))
        let text = try await RawConnection.with(port: gate.port.withLock { $0 }) { reader, writer in
            try await writer.send(HotThings.post("{}"))
            return await reader.toTheEnd()
        }
        try await serving
        await opening
        #expect(text.hasSuffix("hot 2"))
    }

    /// The server closes its port and tells its connections in one go.
    ///
    /// Looked at every hundredth of a second: who spins takes the time from the stop.
    private static func stopBegins(_ log: LogRecorder, _ gate: HotThings.Gate) async throws {
        try await eventually("draining") { log.entries.contains { $0.message == "draining" } }
        let port = gate.port.withLock { $0 }
        try await eventually("the port is closed") { (try? await RawConnection.with(port: port) { _, _ in }) == nil }
    }

    @Test(arguments: [("{}", "hot 2"), (#"{"a":"leave"}"#, "framework 13")])
    func stopWaitsForABodyUnderWay(body: String, answer: String) async throws {
        let gate = HotThings.Gate()
        gate.open()
        var kit = Kit()
        // The body comes once the stop was seen, which a busy machine may be late to.
        kit.limits.bodyTime = .seconds(120)
        let log = kit.log
        let daemon = try kit.daemon(HotThings.routes(gate))
        let (serves, headIsRead) = (Doorbell(), Doorbell())
        async let serving: Void = daemon.whileServing { port in
            gate.port.withLock { $0 = port }
            serves.ring()
            await headIsRead.wait(after: 0, upTo: .seconds(30))
        }
        await serves.wait(after: 0, upTo: .seconds(30))
        let port = gate.port.withLock { $0 }
        let text = try await RawConnection.with(port: port) { reader, writer in
            try await writer.send(String(HotThings.post(body).dropLast(body.count)))
            try await RawConnection.everyLoopTurns(port)
            headIsRead.ring()
            try await Self.stopBegins(log, gate)
            // Fails where the connection was closed, which the missing answer tells.
            try? await writer.send(body)
            return await reader.toTheEnd()
        }
        try await serving
        #expect(text.hasSuffix(answer))
    }
}
