package import HTTPTypes
package import Hummingbird

/// Collects a daemon's routes. The only way to register one, so that none is without an ``Access``.
package final class Routes {
    typealias Handler = @Sendable (Request, CallContext) async throws -> Response

    struct Entry {
        let route: RegisteredRoute
        let handler: Handler
    }

    private(set) var entries: [Entry] = []
    private(set) var hotRoutes: [HotRoute] = []
    private let confirmation: Confirmation?

    /// What an answer to a changing request waits for, done or refused; an error it throws is answered instead.
    package typealias Confirmation = @Sendable () async throws -> Void

    /// - Parameter confirmation: For every route of the public API but its GETs.
    package init(confirmation: Confirmation? = nil) {
        self.confirmation = confirmation
    }

    package func get(
        _ path: String, _ access: Access, use handler: @escaping @Sendable (Request, CallContext) async throws -> some ResponseGenerator
    ) {
        on(.get, path, access, use: handler)
    }

    package func post(
        _ path: String, _ access: Access, use handler: @escaping @Sendable (Request, CallContext) async throws -> some ResponseGenerator
    ) {
        on(.post, path, access, use: handler)
    }

    /// Lets `take` answer the plain requests of a POST route that is registered too, and has no parameters.
    package func hot(_ path: String, take: @escaping HotRoute.Take) {
        hotRoutes.append(HotRoute(method: .post, path: path, take: take))
    }

    /// The same for a GET route, whose query `take` reads.
    package func hotGet(_ path: String, take: @escaping HotRoute.Take) {
        hotRoutes.append(HotRoute(method: .get, path: path, take: take))
    }

    package func put(
        _ path: String, _ access: Access, use handler: @escaping @Sendable (Request, CallContext) async throws -> some ResponseGenerator
    ) {
        on(.put, path, access, use: handler)
    }

    package func patch(
        _ path: String, _ access: Access, use handler: @escaping @Sendable (Request, CallContext) async throws -> some ResponseGenerator
    ) {
        on(.patch, path, access, use: handler)
    }

    package func delete(
        _ path: String, _ access: Access, use handler: @escaping @Sendable (Request, CallContext) async throws -> some ResponseGenerator
    ) {
        on(.delete, path, access, use: handler)
    }

    /// Registers a handler. `path` names parameters as `:id` or `{id}`; one below `/api/v1` also answers below `/v1`.
    package func on(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access,
        use handler: @escaping @Sendable (Request, CallContext) async throws -> some ResponseGenerator
    ) {
        let route = RegisteredRoute(method: method, path: RouterPath(path).description, access: access)
        let confirmation = method != .get && route.path.hasPrefix("/api/") ? confirmation : nil
        entries.append(
            Entry(route: route) { request, context in
                guard let confirmation else { return try await handler(request, context).response(from: request, context: context) }
                let answer: Result<Response, any Error>
                do {
                    answer = .success(try await handler(request, context).response(from: request, context: context))
                } catch {
                    // A refusal may tell of somebody else's change.
                    answer = .failure(error)
                }
                try await confirmation()
                return try answer.get()
            })
    }
}

/// A route as the outside sees it: what the authorization matrix and the OpenAPI document are checked against.
package struct RegisteredRoute: Sendable, Hashable {
    package let method: HTTPRequest.Method
    /// With parameters as `{id}`.
    package let path: String
    package let access: Access

    /// The paths under which it answers: `/api/v1/x` is also `/v1/x`.
    var spellings: [String] {
        path.hasPrefix("/api/v1/") ? [path, String(path.dropFirst("/api".count))] : [path]
    }
}
