extension String {
    /// The text without the characters that embed, override or isolate a direction (U+202A–U+202E, U+2066–U+2069): in a subject or a title
    /// they show the rest in another order than it is written in. Letters that run from right to left stay, and need none of them.
    package var withoutDirectionControls: String {
        // All of them begin with this byte, which few texts hold.
        guard utf8.contains(0xE2) else { return self }
        return String(unicodeScalars.filter { !$0.controlsDirection })
    }
}

extension Unicode.Scalar {
    fileprivate var controlsDirection: Bool {
        switch value {
        case 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
