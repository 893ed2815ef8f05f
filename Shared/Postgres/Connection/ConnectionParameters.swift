import Foundation

/// The keywords a connection is made with (libpq "Parameter Key Words"), later ones overriding earlier ones.
package struct ConnectionParameters: Sendable, Equatable {
    package private(set) var entries: [Entry]

    package struct Entry: Sendable, Equatable {
        package let keyword: String
        package let value: String
    }

    init(_ entries: [(String, String)]) {
        self.entries = entries.map { Entry(keyword: $0.0, value: $0.1) }
    }

    func withPointers<Answer>(_ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> Answer) -> Answer {
        let keywords = entries.map { strdup($0.keyword) }
        let values = entries.map { strdup($0.value) }
        defer {
            for text in keywords + values { free(text) }
        }
        let keywordPointers: [UnsafePointer<CChar>?] = keywords.map { UnsafePointer($0) } + [nil]
        let valuePointers: [UnsafePointer<CChar>?] = values.map { UnsafePointer($0) } + [nil]
        return keywordPointers.withUnsafeBufferPointer { keywords in
            valuePointers.withUnsafeBufferPointer { values in
                guard let first = keywords.baseAddress, let second = values.baseAddress else {
                    preconditionFailure("an array with a nil at its end has an address")
                }
                return body(first, second)
            }
        }
    }
}
