/// What can be wrong with managing integrations.
package enum IntegrationError: Error, Sendable, Hashable {
    case nameTaken
}
