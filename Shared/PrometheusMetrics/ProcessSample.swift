import Foundation

/// What the kernel says about this process, under the names every Prometheus client uses; empty where there is no `/proc`.
struct ProcessSample {
    let families: [MetricFamily.Snapshot]

    static func read() -> ProcessSample {
        var families = statFamilies()
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            families.append(.init(name: "process_open_fds", kind: .gauge, help: "Open file descriptors.", value: Double(open)))
        }
        if let limit = openFilesLimit() {
            families.append(.init(name: "process_max_fds", kind: .gauge, help: "Most file descriptors that may be open.", value: limit))
        }
        return ProcessSample(families: families)
    }

    /// Fields by proc(5), counted after the parenthesised command name, which may itself contain spaces and parentheses.
    private static func statFamilies() -> [MetricFamily.Snapshot] {
        guard let text = contents("/proc/self/stat"), let nameEnd = text.lastIndex(of: ")") else { return [] }
        let fields = text[text.index(after: nameEnd)...].split(separator: " ").map { Double($0) ?? 0 }
        guard fields.count > 21 else { return [] }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        var families: [MetricFamily.Snapshot] = [
            .init(
                name: "process_cpu_seconds_total", kind: .counter, help: "User and system time spent.",
                value: (fields[11] + fields[12]) / ticks
            ),
            .init(name: "process_virtual_memory_bytes", kind: .gauge, help: "Virtual memory size.", value: fields[20]),
            .init(
                name: "process_resident_memory_bytes", kind: .gauge, help: "Resident memory size.",
                value: fields[21] * Double(sysconf(Int32(_SC_PAGESIZE)))
            ),
        ]
        if let boot = bootTime {
            families.append(
                .init(
                    name: "process_start_time_seconds", kind: .gauge, help: "When the process started, in seconds since 1970.",
                    value: boot + fields[19] / ticks
                )
            )
        }
        return families
    }

    private static let bootTime: Double? = contents("/proc/stat")?.split(separator: "\n")
        .first { $0.hasPrefix("btime ") }
        .flatMap { Double($0.dropFirst("btime ".count)) }

    private static func openFilesLimit() -> Double? {
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return nil }
        return Double(limits.rlim_cur)
    }

    private static func contents(_ path: String) -> String? {
        (try? Data(contentsOf: URL(fileURLWithPath: path))).map { String(decoding: $0, as: UTF8.self) }
    }
}
