import Contracts
import Foundation
import ServiceKit

/// A request that a real program sent, from `Tests/Fixtures/inbound`.
struct Recorded {
    let path: String
    let body: String

    init(_ name: String) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appending(path: "Fixtures/inbound/\(name).json"))
        let document = try JSONGate.parse(data, limits: .vendor)
        path = document["path"]?.string ?? ""
        body = document["body"]?.string ?? ""
    }

    var json: JSONValue {
        get throws { try JSONGate.parse(Data(body.utf8), limits: .vendor) }
    }
}

/// JSON written in a test.
func json(_ text: String) throws -> JSONValue {
    try JSONGate.parse(Data(text.utf8), limits: .vendor)
}

/// A time written in a test.
func instant(_ text: String) throws -> Date {
    guard let date = Date(rfc3339: text) else { throw BadInstant() }
    return date
}

private struct BadInstant: Error {}
