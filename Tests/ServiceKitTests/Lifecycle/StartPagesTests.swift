import ServiceKit
import Testing

@Suite struct StartPagesTests {
    @Test func onlyWhatWasNeverWrittenIsGivenBack() {
        func mapping(_ header: String, anonymous: Int) -> String {
            """
            \(header)
            Size:               1092 kB
            Rss:                 876 kB
            Anonymous:            \(anonymous) kB
            AnonHugePages:         0 kB
            VmFlags: rd ex mr mw me
            """
        }
        let smaps = [
            mapping("555500000000-555500450000 r--p 00000000 fe:00 11  /srv/tocsin/alert-ingestion", anonymous: 0),
            mapping("555500450000-555502200000 r-xp 00450000 fe:00 11  /srv/tocsin/alert-ingestion", anonymous: 0),
            mapping("555502200000-555502300000 r--p 02200000 fe:00 11  /srv/tocsin/alert-ingestion", anonymous: 1300),
            mapping("555502300000-555502400000 rw-p 02300000 fe:00 11  /srv/tocsin/alert-ingestion", anonymous: 0),
            mapping("7f0000000000-7f0000100000 r-xp 00000000 fe:00 12  /usr/lib/x86_64-linux-gnu/libc.so.6", anonymous: 0),
            mapping("7f0000200000-7f0000300000 r-xp 00000000 00:00 0", anonymous: 0),
            mapping("7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0  [vdso]", anonymous: 0),
            mapping("7f0000400000-7f0000500000 r--s 00000000 00:01 7  /dev/shm/shared", anonymous: 0),
            mapping("nonsense r-xp 0 fe:00 11 /srv/tocsin/alert-ingestion", anonymous: 0),
        ].joined(separator: "\n")
        #expect(
            StartPages.unwrittenRanges(in: smaps) == [
                0x5555_0000_0000..<0x5555_0045_0000, 0x5555_0045_0000..<0x5555_0220_0000, 0x7f00_0000_0000..<0x7f00_0010_0000,
            ])
    }
}
