import AlertIngestion
import Contracts
import Foundation
import Testing

@Suite struct ChangeFormatTests {
    private func faults(_ body: String) throws -> [String] {
        do {
            _ = try ChangeFormat.parse(try json(body), Samples.context())
            return []
        } catch let error as InvalidFields {
            return error.faults.map(\.pointer)
        }
    }

    @Test func whatARealClientSentIsRead() throws {
        let recorded = try Recorded("pdpyras-5.4-change-enqueue")
        #expect(recorded.path == "/v2/change/enqueue")
        let change = try ChangeFormat.parse(try recorded.json, Samples.context(service: "checkout"))
        #expect(change.summary == "Deploy 1.2.3" && change.source == "ci" && change.service == "checkout")
        #expect(change.details == #"{"sha":"abc"}"# && change.links == [AlertLink(href: "http://ci", text: "build")])
        #expect(change.reportedAt == (try instant("2026-11-21T04:09:15.512405Z")) && change.receivedAt == Samples.start)
    }

    @Test func theDetailsNameTheServiceBeforeTheIntegrationDoes() throws {
        let body = #"{"payload":{"summary":"x","custom_details":{"service":" search "}},"client":"anything","images":[]}"#
        #expect(try ChangeFormat.parse(try json(body), Samples.context(service: "checkout")).service == "search")
        #expect(try ChangeFormat.parse(try json(#"{"payload":{"summary":"x"}}"#), Samples.context()).service == nil)
    }

    @Test(arguments: [
        ("{}", ["/payload/summary"]), (#"{"payload":1}"#, ["/payload", "/payload/summary"]),
        (#"{"payload":{"summary":"  "}}"#, ["/payload/summary"]),
        (#"{"payload":{"summary":1,"timestamp":"yesterday"},"links":1}"#, ["/links", "/payload/summary", "/payload/timestamp"]),
        (#"{"payload":{"summary":"x","custom_details":""# + String(repeating: "y", count: 16_384) + #""}}"#, ["/payload/custom_details"]),
    ])
    func whatIsWrongIsNamedAllAtOnce(body: String, pointers: [String]) throws {
        #expect(try faults(body) == pointers)
    }

    @Test func whatIsTooLongIsCutAndWhatIsNoLinkIsLeftOut() throws {
        let long = String(repeating: "ä", count: 2_000)
        let body =
            #"{"payload":{"summary":"\#(long)","source":"\#(long)"},"links":[{"href":"javascript:alert(1)"},{"href":"https://x"},7]}"#
        let change = try ChangeFormat.parse(try json(body), Samples.context())
        #expect(change.summary.count == ChangeLimits.summaryCharacters && change.source?.count == ChangeLimits.sourceCharacters)
        #expect(change.links.map(\.href) == ["https://x"])
    }
}
