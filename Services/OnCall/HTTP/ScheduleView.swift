import Contracts
import Foundation
import HTTPTypes
import ServiceKit

/// A schedule as clients see it.
struct ScheduleView: Encodable {
    struct MemberView: Encodable {
        let name: String
        let email: String?
        let role: OnCallRole
    }

    let scheduleID: ScheduleID
    let team: String
    /// `layers` for a schedule that is more than plain, which then has no hand-off of its own.
    let rotationType: String
    let timeZone: String
    let handoffTime: String?
    let handoffDay: Weekday?
    let start: String?
    let members: [MemberView]
    let layers: [LayerDocument]
    let version: Int
    let createdAt: Date
    let updatedAt: Date

    init(_ stored: StoredSchedule) {
        let schedule = stored.schedule
        scheduleID = schedule.id
        team = schedule.team
        let rotation = schedule.rotation
        rotationType = RotationType(schedule).name
        timeZone = schedule.timeZone
        handoffTime = rotation?.handoffTime.description
        handoffDay = rotation?.handoffDay
        start = rotation?.start.description
        layers = schedule.layers.map { LayerDocument($0) }
        members = schedule.members.map { MemberView(name: $0.name, email: $0.email, role: $0.role) }
        version = schedule.version
        createdAt = stored.createdAt
        updatedAt = stored.updatedAt
    }

    /// The schedule with its version as entity tag.
    static func response(_ stored: StoredSchedule, status: HTTPResponse.Status = .ok) -> JSONResponse<ScheduleView> {
        JSONResponse(ScheduleView(stored), status: status, headers: [.eTag: "\"\(stored.schedule.version)\""])
    }
}

/// The one word for how a schedule turns, where clients expect one.
struct RotationType {
    static let layers = "layers"

    let name: String

    init(_ schedule: Schedule) {
        name = schedule.rotation?.cadence.kind?.rawValue ?? Self.layers
    }
}

extension Schedule {
    /// The zone in which the schedule is best shown: that of its first layer.
    var timeZone: String { layers.first?.zone.name ?? Zone.utc.name }
}
