/// How long a sign-in lasts.
package enum SessionLifetime {
    /// Other daemons accept an access token until it expires, also after its holder signed out (reliability AUT-2: at most 10 minutes).
    package static let accessToken: Duration = .seconds(600)
    /// A session ends this long after the sign-in however often it is refreshed, so that a stolen laptop is not signed in for ever.
    package static let session: Duration = .seconds(30 * 86_400)
    /// Time to read the log and set up; the next start makes another.
    package static let setupToken: Duration = .seconds(7 * 86_400)
}
