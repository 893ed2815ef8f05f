import Foundation

/// A small strict reader of OpenMetrics 1.0.0: order, names, escapes, cumulative buckets, the end mark.
struct OpenMetricsChecker {
    private(set) var faults: [String] = []
    private(set) var samples = 0
    private var family = ""
    private var kind = ""
    private var seenFamilies: Set<String> = []
    private var seenSamples: Set<String> = []
    private var lastBucket: (labels: String, count: Double)?

    mutating func check(_ text: String) {
        guard text.hasSuffix("\n# EOF\n") else { return fault("no end mark", text.suffix(20)) }
        for line in text.dropLast("# EOF\n".count).split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            line.hasPrefix("# ") ? header(line) : sample(line)
        }
    }

    private mutating func header(_ line: Substring) {
        let words = line.split(separator: " ", maxSplits: 3)
        guard words.count == 4, ["HELP", "TYPE", "UNIT"].contains(words[1]) else { return fault("bad header", line) }
        if words[1] == "HELP" {
            family = String(words[2])
            kind = ""
            lastBucket = nil
            if !seenFamilies.insert(family).inserted { fault("family twice", line) }
        }
        if family != words[2] { fault("header of another family", line) }
        if words[1] == "TYPE" { kind = String(words[3]) }
        if words[1] == "UNIT", !family.hasSuffix("_" + words[3]) { fault("unit is no suffix", line) }
    }

    private mutating func sample(_ line: Substring) {
        samples += 1
        guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...].replacing("Inf", with: "inf"))
        else {
            return fault("no value", line)
        }
        let series = line[..<space]
        if !seenSamples.insert(String(series)).inserted { fault("series twice", line) }
        let name = series.prefix { $0 != "{" }
        guard name.hasPrefix(family), suffixes.contains(String(name.dropFirst(family.count))) else { return fault("stray sample", line) }
        let labels = series.dropFirst(name.count)
        if !labels.isEmpty, !areWellFormed(labels.dropFirst().dropLast()) { fault("bad labels", line) }
        if name.hasSuffix("_bucket"), kind == "histogram" { bucket(labels, value, line) }
    }

    private var suffixes: [String] {
        switch kind {
        case "counter": ["_total"]
        case "gauge": [""]
        case "histogram": ["_bucket", "_sum", "_count"]
        default: []
        }
    }

    private mutating func bucket(_ labels: Substring, _ count: Double, _ line: Substring) {
        guard let range = labels.range(of: "le=\"") else { return fault("bucket without bound", line) }
        let others = String(labels[..<range.lowerBound])
        let bound = labels[range.upperBound...].prefix { $0 != "\"" }
        if bound != "+Inf", !bound.contains(".") { fault("bound is no float", line) }
        if let lastBucket, lastBucket.labels == others, lastBucket.count > count { fault("buckets fall", line) }
        lastBucket = bound == "+Inf" ? nil : (others, count)
    }

    private func areWellFormed(_ labels: Substring) -> Bool {
        labels.wholeMatch(of: /[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*")*/) != nil
    }

    private mutating func fault(_ what: String, _ line: Substring) { faults.append("\(what): \(line)") }
}
