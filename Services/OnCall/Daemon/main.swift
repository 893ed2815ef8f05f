import Contracts
import OnCall
import ServiceKit

await runDaemon(.onCall) { try await buildOnCall($0) }
