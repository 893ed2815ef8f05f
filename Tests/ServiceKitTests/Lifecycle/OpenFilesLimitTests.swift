import ServiceKit
import Testing

@Suite struct OpenFilesLimitTests {
    @Test(
        arguments: [
            (256, 1_048_576, 8_192), (1_024, 4_096, 4_096), (1_024, 1_024, 1_024), (20_000, 20_000, 20_000), (1_024, UInt.max, 8_192),
            (UInt.max, UInt.max, UInt.max),
        ] as [(UInt, UInt, UInt)])
    func softLimitIsRaisedAsFarAsItMayAndNeverLowered(soft: UInt, hard: UInt, raised: UInt) {
        #expect(OpenFilesLimit.raised(soft: soft, hard: hard) == raised)
    }

    @Test(
        arguments: [
            (1_000, 8_192, 1_000), (1_000, 1_256, 1_000), (1_000, 1_255, 999), (1_000, 1_024, 768), (1_000, 273, 17), (1_000, 272, 16),
            (1_000, 256, 16), (1_000, 0, 16), (1_000, UInt.max, 1_000), (4, 256, 4),
        ] as [(Int, UInt, Int)])
    func connectionsLeaveDescriptorsToTheProcess(wanted: Int, soft: UInt, held: Int) {
        #expect(OpenFilesLimit.connections(wanted, soft: soft) == held)
    }
}
