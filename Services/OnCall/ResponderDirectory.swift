import Auth
import Contracts
import Foundation

/// Who people are: the accounts behind callers, behind the names of schedules and behind those who are asked.
struct ResponderDirectory: Sendable {
    let accounts: AccountDirectory

    /// Accounts cannot be looked up, so that nobody can say who somebody is.
    struct Unavailable: Error {}

    /// Whose addresses are behind these names; nil when incident-management cannot say and never did.
    func book(of names: some Collection<String>, now: Date) async -> AddressBook? {
        let names = Set(names).sorted()
        guard let users = await accounts.knownUsers(names, now: now) else { return nil }
        var addresses: [String: String?] = [:]
        for name in names { addresses.updateValue(users[name]?.email, forKey: name) }
        return AddressBook(addresses, inactive: Set(users.values.filter { !$0.isActive }.map(\.email)))
    }

    /// Whose addresses are behind the names on boards.
    ///
    /// - Parameters:
    ///   - texts: names that stand elsewhere; addresses among them need no account.
    ///   - checked: addresses of which it matters too whether their accounts are disabled, as far as that is known.
    /// - Throws: ``Unavailable``.
    func book(
        of boards: some Sequence<Board>, and texts: some Sequence<String> = [], checking checked: Set<String> = [], now: Date
    ) async throws -> AddressBook {
        let names = boards.reduce(into: Set(texts.filter { !EMail.isPlausible($0) })) { $0.formUnion($1.namesWithoutAddress) }
        guard let book = await book(of: names, now: now) else { throw Unavailable() }
        return book.disabling(await inactive(of: checked, now: now))
    }

    /// Those of the addresses, in lower case, whose accounts are known to be disabled.
    func inactive(of addresses: Set<String>, now: Date) async -> Set<String> {
        let users = await accounts.users(addresses.sorted(), now: now)
        return Set(users.filter { !$0.value.isActive }.keys.map { $0.lowercased() })
    }

    /// What else schedules call somebody, of names that they know without an address; nothing while accounts cannot be looked up.
    func aliases(of text: String, among names: [String], now: Date) async -> Aliases {
        (await book(of: EMail.isPlausible(text) ? names : names + [text], now: now) ?? AddressBook()).aliases(of: text)
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

    /// Lets only those go on whose absence it is.
    ///
    /// - Parameter board: of the team it is of, whose people belong to it whatever their accounts say.
    /// - Throws: ``TimeOffError/notTheirs``, ``Unavailable`` where an account would have to tell whose name it is.
    func require(_ owner: AbsenceOwner, for caller: Principal, on board: Board? = nil, now: Date) async throws {
        let answerer = await answerer(caller, now: now)
        if owner.admits(answerer, actor: caller.actor, on: board, AddressBook()) { return }
        let book = try await book(of: [board].compactMap(\.self), and: [owner.person].compactMap(\.self), now: now)
        guard owner.admits(answerer, actor: caller.actor, on: board, book) else { throw TimeOffError.notTheirs }
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
