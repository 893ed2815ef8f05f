/// Why something did not work, for a person.
struct FailurePage: Sendable {
    let title: String
    let detail: String
    /// Whether signing in again may help.
    var signsIn = false
}
