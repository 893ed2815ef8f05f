import Foundation

/// Gives back the pages of program code that only the start used: they stay in the page cache and come back one by one when they are called.
///
/// The runtime reads the whole program's metadata and the loader every relocation once; without this a daemon at rest keeps some fifteen megabytes
/// mapped that nobody calls again, which a machine short of memory could not reclaim as long as they are.
package enum StartPages {
    /// Where the system tells no mappings (no `/proc`) everything stays as it is.
    static func release() {
        guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
            let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
        else {
            return
        }
        for range in codeRanges(of: program, in: maps) {
            madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// The executable, never written mappings of a program: dropping one of those loses nothing.
    package static func codeRanges(of program: String, in maps: String) -> [Range<UInt>] {
        maps.split(separator: "\n").compactMap { line in
            // 55a0c0000000-55a0c2000000 r-xp 00cd0000 fe:00 1234   /usr/bin/alert-ingestion
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count == 6, fields[1] == "r-xp", fields[5].drop(while: { $0 == " " }) == program else { return nil }
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
        }
    }
}
