/// Bounds of what one alert may carry (reliability INP-2, style 12). Vendor formats are cut to them, the native body is refused beyond them.
package enum AlertLimits {
    /// What fits a list, a mail subject and a chat line.
    package static let titleCharacters = 255
    /// Two screens; the rest is in the raw payload.
    package static let descriptionCharacters = 10_000
    package static let serviceCharacters = 255
    package static let teamCharacters = 100
    package static let sourceCharacters = 100
    /// What the columns of identities (service, team, deduplication key) take; composed, 255 characters may have six bytes each and more.
    package static let identityBytes = 1_024
    package static let labels = 64
    package static let labelBytes = 1_024
    package static let links = 16
    package static let linkBytes = 2_048
    /// Alerts one request may carry: what one transaction writes well within its deadline (reliability ING-7).
    package static let batch = 1_000
}
