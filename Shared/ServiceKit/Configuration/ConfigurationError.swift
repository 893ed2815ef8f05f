/// Why a daemon will not start: which key, and what is wrong with it; never the value.
package struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    package let key: String
    package let problem: String

    package init(_ key: String, _ problem: String) {
        self.key = key
        self.problem = problem
    }

    package var description: String { "\(key) \(problem)" }
}
