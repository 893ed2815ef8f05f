/// What `POST /internal/v1/pages/outcomes` takes.
package struct PageOutcomeBatch: Codable, Sendable {
    package static let limit = 200
    package let items: [PageOutcome]

    package init(items: [PageOutcome]) {
        self.items = items
    }
}

/// What `POST /internal/v1/incidents/epochs` takes.
package struct EpochRaisedBatch: Codable, Sendable {
    package static let limit = 200
    package let items: [EpochRaised]

    package init(items: [EpochRaised]) {
        self.items = items
    }
}
