package import Contracts

extension PermitAnswer.Verdict {
    /// Whether a page of `epoch` may still be sent; nil incident means nobody knows it.
    package static func decide(epoch: Int, incident: (status: IncidentStatus, epoch: Int, isDeleted: Bool)?) -> Self {
        guard let incident else { return .unknownIncident }
        if incident.isDeleted { return .deleted }
        switch incident.status {
        case .acknowledged, .investigating: return .acknowledged
        case .resolved: return .resolved
        case .open: return incident.epoch == epoch ? .granted : .superseded
        }
    }
}
