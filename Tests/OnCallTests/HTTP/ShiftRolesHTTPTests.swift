import Contracts
import Foundation
import OnCall
import Postgres
import TestSupport
import Testing

/// Nobody takes over who stands in for another role: Alice is primary of payments, Carol second, and Dan is asked by both.
@Suite struct ShiftRolesHTTPTests {
    private func span(_ day: Int) -> String {
        #""recipient": "dan@example.org", "from": "2026-03-0\#(day)T00:00:00Z", "until": "2026-03-0\#(day)T08:00:00Z""#
    }

    @Test func whoTookOneRoleIsRefusedTheOther() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, carol, dan) = (api.person("Alice"), api.person("Carol"), api.person("Dan"))
            let first = try await api.ask(span(5), by: alice)
            let second = try await api.ask(#""role": "secondary", \#(span(5))"#, by: carol)
            #expect(first.status == 201 && second.status == 201, "\(first.text) \(second.text)")
            #expect(try await api.answer("accept", first, by: dan).status == 200)
            let refused = try await api.answer("accept", second, by: dan)
            #expect(refused.status == 409 && refused.code == "on_call_already", "\(refused.text)")
            #expect(try await api.state(of: second) == "open", "somebody else may be asked still")
            let late = try await api.ask(#""role": "secondary", \#(span(5))"#, by: carol)
            #expect(late.status == 409 && late.code == "on_call_already", "what could not be accepted is not asked")
            let other = try await api.ask(#""role": "secondary", \#(span(6))"#, by: carol)
            #expect(try await api.answer("accept", other, by: dan).status == 200, "another time is another matter")
        }
    }

    @Test func ofTwoRolesAcceptedAtOnceOneIsRefused() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, carol, dan) = (api.person("Alice"), api.person("Carol"), api.person("Dan"))
            try await withReplica(of: api) { replica async throws in
                for day in 3...7 {
                    let first = try await api.ask(span(day), by: alice)
                    let second = try await api.ask(#""role": "secondary", \#(span(day))"#, by: carol)
                    async let one = api.answer("accept", first, by: dan)
                    async let other = replica.answer("accept", second, by: dan)
                    let answers = try await [one, other]
                    #expect(answers.map(\.status).sorted() == [200, 409], "\(answers.map(\.text))")
                    #expect(answers.first { $0.status == 409 }?.code == "on_call_already")
                }
            }
        }
    }

    @Test func whatTheScheduleItselfHasIsAllowed() async throws {
        try await withOnCall { api async throws in
            try await api.makePayments()
            let (alice, carol) = (api.person("Alice"), api.person("Carol"))
            let asked = try await api.ask(
                #""recipient": "carol@example.org", "from": "2026-03-05T00:00:00Z", "until": "2026-03-06T00:00:00Z""#, by: alice)
            #expect(try await api.answer("accept", asked, by: carol).status == 200, "Carol is second by her turn")
        }
    }
}
