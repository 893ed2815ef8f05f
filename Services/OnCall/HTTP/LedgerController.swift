import Contracts
import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// `/api/v1/oncall/ledger`: who bore how much, as JSON, and as CSV for whoever pays.
struct LedgerController: Sendable {
    let schedules: ScheduleStore
    let escalations: EscalationStore
    let absences: TimeOffStore
    let directory: ResponderDirectory
    let clock: any Clock

    /// Four weeks back.
    private static let usual: TimeInterval = 28 * 86_400

    func addRoutes(to routes: Routes) {
        routes.get("/api/v1/oncall/ledger", .role(.viewer)) { request, context in
            try await ledger(request, asCSV: try request.wantsCSV())
        }
        routes.get("/api/v1/oncall/ledger.csv", .role(.viewer)) { request, context in try await ledger(request, asCSV: true) }
    }

    private func ledger(_ request: Request, asCSV: Bool) async throws -> Response {
        let team = try request.team()
        let now = clock.now
        let range = try request.range(from: now.addingTimeInterval(-Self.usual), usual: Self.usual)
        let night = try request.night()
        guard let boards = try await schedules.boards(team, during: range) else { throw OnCallError.unknownTeam }
        let terms = FairnessLedger.Terms(night: night, holidays: try await holidays(in: range, boards))
        let pages = try await escalations.pages(of: team, in: range)
        let ledger = FairnessLedger(boards, in: range, terms: terms, pages: pages, now: now)
        let view = LedgerView(team, ledger, night: night, now: now)
        let text = asCSV ? view.csv : try WireJSON.encodeText(view)
        return Response(status: .ok, headers: Self.headers(asCSV), body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// With the addresses of those whom schedules or holidays know by name, where that decides whose holiday it is.
    private func holidays(in range: Range<Date>, _ boards: [Board]) async throws -> Holidays {
        let holidays = try await absences.holidays(in: range)
        guard !holidays.people.isEmpty else { return holidays }
        return holidays.known(by: try await directory.book(of: boards, and: holidays.people, now: clock.now))
    }

    private static func headers(_ asCSV: Bool) -> HTTPFields {
        guard asCSV else { return [.contentType: "application/json", .vary: "Accept"] }
        return [
            .contentType: "text/csv; charset=utf-8; header=present", .contentDisposition: "attachment; filename=\"on-call-ledger.csv\"",
            .vary: "Accept",
        ]
    }
}

extension Request {
    /// What `format` says, else which of the two the client's `Accept` names first.
    ///
    /// - Throws: ``InvalidFields`` (422) for another format.
    fileprivate func wantsCSV() throws -> Bool {
        switch try query("format") {
        case "csv": return true
        case "json": return false
        case nil: break
        default: throw InvalidFields("/format", "must be json or csv")
        }
        let kinds = (headers[.accept] ?? "").lowercased().split(separator: ",").compactMap { $0.split(separator: ";").first }
        let known = kinds.map { $0.trimmingCharacters(in: .whitespaces) }.first { ["text/csv", "application/json", "*/*"].contains($0) }
        return known == "text/csv"
    }

    /// The night: from 22:00 to 06:00 unless `night_from` and `night_to` say otherwise.
    ///
    /// - Throws: ``InvalidFields`` (422) for what is no time of day, and for twice the same.
    fileprivate func night() throws -> DutyHours.Night {
        guard let from = LocalTime(try query("night_from") ?? "22:00") else {
            throw InvalidFields("/night_from", "must be a time such as 22:00")
        }
        guard let to = LocalTime(try query("night_to") ?? "06:00") else { throw InvalidFields("/night_to", "must be a time such as 06:00") }
        guard let night = DutyHours.Night(from: from, to: to) else { throw InvalidFields("/night_to", "must not be night_from") }
        return night
    }
}
