/// How long to wait before another try: full jitter, so that many callers do not come back together.
enum RetryPause {
    /// The first pause is at most this.
    static let base: Duration = .milliseconds(50)
    /// No pause is longer than this unless the other side asks for it.
    static let longest: Duration = .seconds(1)

    /// - Parameters:
    ///   - tries: how many have failed, at least 1.
    ///   - retryAfter: what the other side asked for; never waited less.
    static func length(after tries: Int, retryAfter: Duration?) -> Duration {
        let ceiling = min(base * Double(1 << min(tries - 1, 10)), longest)
        return max(ceiling * Double.random(in: 0...1), retryAfter ?? .zero)
    }
}
