/// The labels of a series in their exported form, which is also their identity: sanitised, escaped, sorted by name, each name once.
struct LabelSet: Hashable {
    /// Bytes of a label value: label values are closed words; what is longer came from outside and is cut.
    static let valueLimit = 256

    /// Such as `method="GET",route="/x"`, without braces.
    let text: String

    /// - Parameter reserved: a label name the format itself uses in this kind of metric; a label of that name is shown as `exported_<name>`.
    init(_ dimensions: [(String, String)], reserved: String? = nil) {
        if dimensions.isEmpty {
            text = ""
            return
        }
        var labels: [(name: String, value: String)] = []
        for (name, value) in dimensions {
            var exported = MetricName.sanitizedLabel(name)
            if exported == reserved || exported.hasPrefix("__") { exported = "exported_" + exported }
            if !labels.contains(where: { $0.name == exported }) { labels.append((exported, value)) }
        }
        labels.sort { $0.name < $1.name }
        text = labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
    }

    /// `value` as it stands between the quotes: backslash, quote and line feed escaped, in both formats alike.
    static func escaped(_ value: String) -> String {
        var output = ""
        var size = 0
        for scalar in value.unicodeScalars {
            size += UTF8.width(scalar)
            if size > valueLimit { break }
            switch scalar {
            case "\\": output += "\\\\"
            case "\"": output += "\\\""
            case "\n": output += "\\n"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
