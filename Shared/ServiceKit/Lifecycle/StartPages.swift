import Foundation

/// Gives back the pages of program and libraries that only the start used: they stay in the page cache and come back one by one when they are needed.
///
/// The runtime reads the whole program's metadata, the loader every symbol and relocation once; without this a daemon at rest keeps some fifteen
/// megabytes mapped that nobody reads again, which a machine short of memory could not reclaim as long as they are.
package enum StartPages {
    /// Every worker has had its first turns by then, and they need much that later ones do not.
    private static let settled: Duration = .seconds(5)

    /// At once, and again when the daemon has settled down.
    static func releaseTwice() async {
        release()
        do { try await Task.sleep(for: settled) } catch { return }
        release()
    }

    /// Where the system tells no mappings (no `/proc`) everything stays as it is.
    private static func release() {
        guard let smaps = try? String(contentsOfFile: "/proc/self/smaps", encoding: .utf8) else { return }
        for range in unwrittenRanges(in: smaps) {
            madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// The mappings of files that cannot be written to and never were: dropping one of those loses nothing.
    ///
    /// What the loader has relocated can be read-only by now, but it has pages of its own, which `Anonymous` tells.
    package static func unwrittenRanges(in smaps: String) -> [Range<UInt>] {
        var candidate: Range<UInt>?
        var ranges: [Range<UInt>] = []
        for line in smaps.split(separator: "\n") {
            if line.hasPrefix("Anonymous:") {
                if let range = candidate, line.split(separator: " ").dropFirst().first == "0" { ranges.append(range) }
                candidate = nil
            } else if line.first?.isUppercase == false {
                candidate = fileRange(line)
            }
        }
        return ranges
    }

    /// `55a0c0000000-55a0c2000000 r-xp 00cd0000 fe:00 1234   /usr/bin/alert-ingestion`, unless it can be written to.
    private static func fileRange(_ header: Substring) -> Range<UInt>? {
        let fields = header.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
        guard fields.count == 6, !fields[1].contains("w"), fields[1].hasSuffix("p"), fields[5].drop(while: { $0 == " " }).hasPrefix("/")
        else {
            return nil
        }
        let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
    }
}
