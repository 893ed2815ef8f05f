import Contracts
import Postgres
import PrometheusMetrics
import ServiceClients
import ServiceKit

/// The parts of time off, holidays and conflicts, put together.
struct TimeOffParts {
    let worker: WorkerLoop
    let desk: ConflictDesk
    private let timeOff: TimeOffController
    private let feeds: CalendarFeedController
    private let conflicts: ConflictController

    init(
        _ boot: Bootstrap, _ configuration: OnCallConfiguration, _ database: PostgresDatabase, _ accounts: AccountDirectory,
        unreadable: UnreadableTeams, clock: any Clock
    ) {
        let metrics = CalendarMetrics(boot.metrics)
        let bell = Doorbell()
        let directory = ResponderDirectory(accounts: accounts)
        let lister = CalendarLister()
        let source = WebCalendarSource(
            client: EgressClient(configuration.egress, bodyLimit: WebCalendarSource.bodyLimit, logger: boot.logger))
        let reader = BoardReader(schedules: ScheduleStore(database.api), notes: unreadable)
        let feedReader = CalendarFeedWorker(
            .init(
                store: CalendarFeedStore(database.workers), source: source, lister: lister, keys: configuration.keys, metrics: metrics,
                logger: boot.logger),
            identity: boot.workerName)
        worker = boot.loop(feedReader, bell: bell, every: CalendarFeedWorker.interval, clock: clock)
        desk = ConflictDesk(
            reader: reader, absences: TimeOffStore(database.api), covers: CoverStore(database.api),
            directory: directory, metrics: metrics, feeds: CalendarFeedStore(database.api), clock: clock, logger: boot.logger)
        timeOff = TimeOffController(
            absences: TimeOffStore(database.api), index: ShiftIndex(database.api), directory: directory, clock: clock)
        feeds = CalendarFeedController(
            feeds: CalendarFeedStore(database.api), reader: reader, directory: directory, lister: lister, keys: configuration.keys,
            egress: configuration.egress, bell: bell, clock: clock)
        conflicts = ConflictController(desk: desk, clock: clock)
        let desk = desk
        boot.metrics.beforeScrape { await desk.measure() }
    }

    func addRoutes(to routes: Routes) {
        timeOff.addRoutes(to: routes)
        feeds.addRoutes(to: routes)
        conflicts.addRoutes(to: routes)
    }
}
