import Auth
import Contracts
import Foundation

/// Who people are: the accounts behind callers, behind the names of schedules and behind those who are asked.
struct ResponderDirectory: Sendable {
    let accounts: AccountDirectory

    /// Whose addresses are behind these names; nil when incident-management cannot say and never did.
    func book(of names: some Collection<String>, now: Date) async -> AddressBook? {
        let names = Set(names).sorted()
        guard let users = await accounts.knownUsers(names, now: now) else { return nil }
        var addresses: [String: String?] = [:]
        for name in names { addresses.updateValue(users[name]?.email, forKey: name) }
        return AddressBook(addresses)
    }

    /// The caller as somebody who can be on call; nil for a program without an account.
    func responder(_ caller: Principal, now: Date) async -> Responder? {
        guard let email = caller.email, !email.isEmpty else { return nil }
        if let known = await accounts.users([email], now: now)[email] { return Responder(name: known.name, email: email) }
        if case .user = caller.kind { return Responder(name: caller.name, email: email) }
        return Responder(name: email, email: email)
    }

    func answerer(_ caller: Principal, now: Date) async -> Answerer {
        Answerer(responder: await responder(caller, now: now), teams: caller.teams, isAdmin: caller.role == .admin)
    }

    /// Somebody by name or address: a person on the board whose account is not disabled, or an active account; nil for nobody of whom there is an
    /// address.
    func person(_ handle: String, on board: Board, _ book: AddressBook, now: Date) async -> Responder? {
        if let member = board.everybody.first(where: { $0.isCalled(handle) }), let email = book.address(of: member) {
            // A page to an account that was disabled goes to the fallback.
            if let user = await accounts.users([email], now: now)[email], !user.isActive { return nil }
            return Responder(name: member.name, email: email)
        }
        guard let user = await accounts.users([handle], now: now)[handle], user.isActive else { return nil }
        return Responder(name: user.name, email: user.email)
    }

    /// Whether that account is known and active by now; nil when nobody can say.
    func isActive(_ email: String, now: Date) async -> Bool? {
        await accounts.isActive(email, now: now)
    }
}
