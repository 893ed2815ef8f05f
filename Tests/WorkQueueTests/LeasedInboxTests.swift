import Foundation
import Postgres
import ServiceKit
import Testing
import WorkQueue

@Suite struct LeasedInboxTests {
    @Test func onlyAnIdleWorkerIsGivenAnything() {
        let inbox = LeasedInbox<Int>()
        #expect(inbox.place() == nil)
        inbox.open()
        #expect(inbox.place()?.room == LeasedInbox<Int>.limit)
        #expect(inbox.take().isEmpty)
        #expect(inbox.place() == nil)
    }

    @Test func whatLiesThereTakesRoom() {
        let inbox = LeasedInbox<Int>()
        inbox.open()
        give([1, 2, 3], to: inbox)
        #expect(inbox.place()?.room == LeasedInbox<Int>.limit - 3)
        give(Array(4...8), to: inbox)
        #expect(inbox.place() == nil)
        #expect(inbox.take() == Array(1...8))
    }

    @Test func whatWasNeverHandedIsForgotten() {
        let inbox = LeasedInbox<Int>()
        inbox.open()
        inbox.place()?.keep([1])
        #expect(inbox.take().isEmpty)
    }

    @Test func endWaitsForTransactionsUnderWay() async {
        let inbox = LeasedInbox<Int>()
        inbox.open()
        var place = inbox.place()
        async let left = inbox.close()
        while inbox.place() != nil { await Task.yield() }
        place?.keep([1])
        place?.hand()
        place = nil
        #expect(await left == [1])
        #expect(inbox.place() == nil)
    }

    private func give(_ rows: [Int], to inbox: LeasedInbox<Int>) {
        let place = inbox.place()
        place?.keep(rows)
        place?.hand()
    }
}
