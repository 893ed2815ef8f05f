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
    let rotationType: RotationKind
    let timeZone: String
    let handoffTime: String
    let handoffDay: Weekday?
    let start: String
    let members: [MemberView]
    let version: Int
    let createdAt: Date
    let updatedAt: Date

    init(_ stored: StoredSchedule) {
        let schedule = stored.schedule
        scheduleID = schedule.id
        team = schedule.team
        rotationType = schedule.rotation.kind
        timeZone = schedule.rotation.zone.name
        handoffTime = schedule.rotation.handoffTime.description
        handoffDay = schedule.rotation.handoffDay
        start = schedule.rotation.start.description
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
