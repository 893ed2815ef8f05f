import HTTPTypes
import Hummingbird

extension Routes {
    /// The routes behind the middleware, with 405 for the other methods of their paths.
    func router(_ gate: AccessGate, middleware: [any MiddlewareProtocol<Request, Response, CallContext>]) -> Router<CallContext> {
        let router = Router(context: CallContext.self, options: [.autoGenerateHeadEndpoints])
        for layer in middleware { router.add(middleware: layer) }
        for entry in entries {
            for spelling in entry.route.spellings {
                router.on(RouterPath(spelling), method: entry.route.method, use: Self.guarded(entry, gate))
            }
        }
        addRefusals(to: router)
        return router
    }

    private static func guarded(_ entry: Entry, _ gate: AccessGate) -> Handler {
        { request, context in
            context.coreContext.endpointPath.value = entry.route.path
            var context = context
            context.caller = try await gate.admit(request, to: entry.route.access, context: context)
            return try await entry.handler(request, context)
        }
    }

    private func addRefusals(to router: Router<CallContext>) {
        for (path, methods) in methodsByPath() {
            var allowed = methods.union([.options])
            if methods.contains(.get) { allowed.insert(.head) }
            let allow = allowed.map(\.rawValue).sorted().joined(separator: ", ")
            for method in HTTPRequest.Method.known where !methods.contains(method) {
                if method == .head, methods.contains(.get) { continue }
                router.on(RouterPath(path), method: method) { (_, _) async throws -> Response in
                    guard method == .options else { throw Problem.methodNotAllowed(allow) }
                    return Response(status: .noContent, headers: [.allow: allow])
                }
            }
        }
    }

    private func methodsByPath() -> [String: Set<HTTPRequest.Method>] {
        entries.reduce(into: [:]) { paths, entry in
            for spelling in entry.route.spellings { paths[spelling, default: []].insert(entry.route.method) }
        }
    }
}
