/// An item and the right to send it.
struct Letter: Sendable {
    let lease: Lease
    let item: OutboxItem
}

/// The answers of one batch, sorted.
struct Verdict: Sendable {
    var done: [Letter] = []
    var waiting: [(Letter, reason: String, wish: Duration?)] = []
    var refused: [(Letter, reason: String)] = []
    /// Every item failed for the destination's sake: it is down.
    let isDown: Bool

    init(_ letters: [Letter], _ answers: [OutboxAnswer]) {
        var isDown = true
        for (index, letter) in letters.enumerated() {
            let answer = index < answers.count ? answers[index] : .retry(reason: "unanswered")
            switch answer {
            case .done: done.append(letter)
            case .retry(let reason, let wish): waiting.append((letter, reason, wish))
            case .postponed(let reason, let wish): waiting.append((letter, reason, wish))
            case .refused(let reason): refused.append((letter, reason))
            }
            if case .retry = answer {} else { isDown = false }
        }
        self.isDown = isDown
    }

    /// The longest wish of the batch.
    var wish: Duration? { waiting.compactMap(\.wish).max() }
}
