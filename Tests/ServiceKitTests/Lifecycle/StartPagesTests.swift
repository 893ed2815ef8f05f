import ServiceKit
import Testing

@Suite struct StartPagesTests {
    @Test func onlyTheProgramsOwnUnwrittenCodeIsGivenBack() {
        let maps = """
            555500000000-555500450000 r--p 00000000 fe:00 11  /srv/tocsin/alert-ingestion
            555500450000-555502200000 r-xp 00450000 fe:00 11  /srv/tocsin/alert-ingestion
            555502200000-555502300000 rw-p 02200000 fe:00 11  /srv/tocsin/alert-ingestion
            7f0000000000-7f0000100000 r-xp 00000000 fe:00 12  /usr/lib/x86_64-linux-gnu/libc.so.6
            7f0000200000-7f0000300000 r-xp 00000000 00:00 0
            nonsense r-xp 0 fe:00 11 /srv/tocsin/alert-ingestion
            """
        #expect(StartPages.codeRanges(of: "/srv/tocsin/alert-ingestion", in: maps) == [0x5555_0045_0000..<0x5555_0220_0000])
        #expect(StartPages.codeRanges(of: "/srv/tocsin/other", in: maps).isEmpty)
    }
}
