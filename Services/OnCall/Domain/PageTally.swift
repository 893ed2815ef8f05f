package import Foundation

/// How often somebody was named by answers whom to page.
package struct PageTally: Sendable, Hashable {
    package let name: String
    /// Empty when there was none.
    package let email: String
    /// The instant of an answer that spoke of several teams at once; nil where all were of one team.
    package let sharedAt: Date?
    package let count: Int

    package init(name: String, email: String, sharedAt: Date? = nil, count: Int) {
        self.name = name
        self.email = email
        self.sharedAt = sharedAt
        self.count = count
    }
}
