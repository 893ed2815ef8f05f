import Contracts
import Foundation
import ServiceClients

/// Asks every daemon how it is.
struct HealthOverview: Sendable {
    /// A daemon that takes longer is as good as unreachable to a person who waits for a page.
    private static let deadline: Duration = .seconds(1)

    let clients: [PeerClient]

    private struct Report: Decodable {
        struct Check: Decodable {
            let status: String
            let detail: String?
        }

        let status: String
        let checks: [String: Check]
    }

    /// One row a daemon, in the order of their ports; our own is last and by serving this page it is ok.
    func rows() async -> [DaemonRow] {
        let asked = await withTaskGroup(of: DaemonRow.self) { group in
            for client in clients { group.addTask { await row(client) } }
            return await group.reduce(into: [DaemonRow]()) { $0.append($1) }
        }
        let order = Peer.allCases.map(\.rawValue)
        let own = DaemonRow(name: Peer.webUI.rawValue, status: "ok", detail: nil)
        return (asked + [own]).sorted { (order.firstIndex(of: $0.name) ?? 0) < (order.firstIndex(of: $1.name) ?? 0) }
    }

    private func row(_ client: PeerClient) async -> DaemonRow {
        let name = client.peer.rawValue
        do {
            let answer = try await client.send(PeerRequest("GET", "/health"), deadline: Self.deadline)
            let report = try WireJSON.decode(Report.self, from: answer.body)
            let troubles = report.checks.filter { $0.value.status != "ok" }.sorted { $0.key < $1.key }
            let detail = troubles.map { "\($0.key): \($0.value.detail ?? $0.value.status)" }.joined(separator: "; ")
            return DaemonRow(name: name, status: report.status, detail: detail.isEmpty ? nil : detail)
        } catch {
            return DaemonRow(name: name, status: "unreachable", detail: nil)
        }
    }
}
