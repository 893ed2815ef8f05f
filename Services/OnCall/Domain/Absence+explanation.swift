extension Duty.Absence {
    /// What to tell somebody who looks for the cause of a gap.
    package var explanation: String {
        switch self {
        case .noSchedule: "The team has no schedule at that time."
        case .notStarted: "No layer of this role has begun: the first turn comes later."
        case .noMember: "The schedule has no layer of this role."
        case .gap: "No layer of this role covers this time: the restrictions leave it out."
        case .removed: "An override takes away whoever the layers name, and nobody stands in."
        case .temporary: "A temporary schedule is in force and names nobody for this time."
        }
    }
}
