package import Foundation
package import Redis

/// The pages that any replica has sent, in Redis; whatever Redis does, a page is served only under the stamp that the database holds.
package struct RedisPageCache: PageCache {
    private let redis: RedisClient
    private let prefix: String

    /// - Parameter edition: The build; pages of another one may look otherwise.
    package init(_ redis: RedisClient, edition: String) {
        self.redis = redis
        prefix = "tocsin:incident:list:\(edition):"
    }

    package func page(for question: String, now: Date) async -> StampedPage? {
        guard let data = try? await redis.value(of: prefix + question) else { return nil }
        return StampedPage(data)
    }

    package func keep(_ page: StampedPage, for question: String, now: Date) async {
        guard page.page.body.utf8.count <= PageCacheLimits.longestPage else { return }
        try? await redis.keep(page.data, for: prefix + question, lifetime: PageCacheLimits.lifetime)
    }
}
