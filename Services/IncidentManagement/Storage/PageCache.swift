package import Foundation

/// Keeps pages of the incident list; losing one costs a query, and that is all it may cost.
package protocol PageCache: Sendable {
    /// What was kept last for a question, whatever its stamp; nil when there is nothing or it cannot be had in time.
    func page(for question: String, now: Date) async -> StampedPage?
    func keep(_ page: StampedPage, for question: String, now: Date) async
}

package enum PageCacheLimits {
    /// No answer is older, even if nothing changes: what nobody asks for makes room.
    package static let lifetime: Duration = .seconds(3600)
    /// A page of 200 incidents with long descriptions is not worth the room of many others.
    static let longestPage = 256 * 1024
    /// Pages a process keeps, and their bytes: with five daemons on a small machine it must not be noticed.
    static let pages = 256
    static let bytes = 16 * 1024 * 1024
}
