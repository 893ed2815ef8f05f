/// Writes families as text, in one of the two formats.
struct Exposition {
    private static let units = ["seconds", "bytes"]

    let format: ExpositionFormat

    func text(of families: [MetricFamily.Snapshot]) -> String {
        var output = ""
        for family in families { write(family, to: &output) }
        if format == .openMetrics { output += "# EOF\n" }
        return output
    }

    private func write(_ family: MetricFamily.Snapshot, to output: inout String) {
        let name = headerName(family)
        output += "# HELP \(name) \(escapedHelp(family.help))\n# TYPE \(name) \(family.kind.rawValue)\n"
        if format == .openMetrics, let unit = Self.units.first(where: { name.hasSuffix("_" + $0) }) {
            output += "# UNIT \(name) \(unit)\n"
        }
        for (labels, samples) in family.series {
            for sample in samples { write(sample, of: family.name, labels, to: &output) }
        }
    }

    private func write(_ sample: Sample, of name: String, _ labels: LabelSet, to output: inout String) {
        output += name
        output += sample.suffix
        if !labels.text.isEmpty || !sample.label.isEmpty {
            output += "{"
            output += labels.text
            if !labels.text.isEmpty, !sample.label.isEmpty { output += "," }
            output += sample.label
            output += "}"
        }
        output += " "
        output += Self.number(sample.value)
        output += "\n"
    }

    /// OpenMetrics names a counter's family without `_total`, its sample with.
    private func headerName(_ family: MetricFamily.Snapshot) -> String {
        guard format == .openMetrics, family.kind == .counter else { return family.name }
        return String(family.name.dropLast("_total".count))
    }

    private func escapedHelp(_ help: String) -> String {
        var output = ""
        for scalar in help.unicodeScalars {
            switch scalar {
            case "\\": output += "\\\\"
            case "\n": output += "\\n"
            case "\"" where format == .openMetrics: output += "\\\""
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    /// Whole numbers without a fraction while a Double holds them exactly.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if value == value.rounded(), abs(value) < 9_007_199_254_740_992 { return String(Int64(value)) }
        return String(value)
    }

    /// A histogram's bound, always with a fraction, as OpenMetrics wants it; the same in both formats, so that a series keeps its identity.
    static func bound(_ value: Double) -> String {
        value.isInfinite ? "+Inf" : String(value)
    }
}
