import Hummingbird

// The yardstick for answers from memory: one route that answers a constant, without middleware. ci/bench-current.sh names the port.
let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 9811
let router = Router()
router.get("hello") { _, _ in "hello" }
let application = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)))
try await application.runService()
