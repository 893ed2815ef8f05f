import Foundation
import Postgres
import ServiceKit
import WorkQueue

/// Where the parts of shift requests, taken shifts and calendars meet.
struct ShiftParts: Sendable {
    let sweep: ShiftRequestSweep
    private let directory: ResponderDirectory
    private let database: PostgresDatabase
    private let outbox: Outbox
    private let address: URL
    private let clock: any Clock

    init(
        _ database: PostgresDatabase, _ accounts: AccountDirectory, outbox: Outbox, address: URL, unreadable: UnreadableTeams,
        clock: any Clock
    ) {
        self.database = database
        self.outbox = outbox
        self.address = address
        self.clock = clock
        directory = ResponderDirectory(accounts: accounts)
        sweep = ShiftRequestSweep(
            requests: ShiftRequestStore(database.workers, outbox: outbox),
            reader: BoardReader(schedules: ScheduleStore(database.workers), notes: unreadable), directory: directory)
    }

    func addRoutes(to routes: Routes) {
        let schedules = ScheduleStore(database.api)
        let calendars = CalendarStore(database.api)
        ShiftTakeController(takes: ShiftTakeStore(database.api), schedules: schedules, directory: directory, clock: clock)
            .addRoutes(to: routes)
        let requests = ShiftRequestStore(database.api, outbox: outbox)
        ShiftRequestController(requests: requests, schedules: schedules, directory: directory, clock: clock).addRoutes(to: routes)
        CalendarController(calendars: calendars, directory: directory, address: address, clock: clock).addRoutes(to: routes)
        let publisher = CalendarPublisher(
            calendars: calendars, index: ShiftIndex(database.api), schedules: schedules, directory: directory)
        ShiftCalendarController(publisher: publisher, budget: CalendarBudget(), clock: clock).addRoutes(to: routes)
    }
}
