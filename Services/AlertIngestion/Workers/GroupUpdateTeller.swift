package import Foundation
package import ServiceKit

/// Tells IncidentManagement of alerts that joined open groups, merged to one event per incident.
package struct GroupUpdateTeller: Worker {
    package let name = "group-updates"
    private let groups: GroupStore

    package init(_ groups: GroupStore) { self.groups = groups }

    package func tick(now: Date) async throws -> TickReport {
        let told = try await groups.tellUpdates(now: now)
        return TickReport(handled: told, more: told == GroupStore.updateBatch)
    }
}
