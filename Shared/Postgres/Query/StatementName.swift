/// The name a statement goes by in metrics and logs: `ScheduleStore.find`, made of the file and the function that issue it.
///
/// A closed set, since it is made of source positions only.
package struct StatementName: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    package init(file: String, function: String) {
        let store = file.split(separator: "/").last.map { $0.split(separator: ".").first.map(String.init) ?? String($0) } ?? file
        let method = function.split(separator: "(").first.map(String.init) ?? function
        description = "\(store).\(method)"
    }
}
