import CPostgres
import Foundation

extension PostgresError {
    /// Reads what the server said; the text of it may hold values and stays in the debug description.
    init(result: OpaquePointer) {
        func field(_ code: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        let message = [field("M"), field("D"), field("H")].compactMap(\.self).joined(separator: "\n")
        let fallback = PQresultErrorMessage(result).map { String(cString: $0).trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
        self.init(.server, sqlState: field("C"), constraint: field("n"), detail: message.isEmpty ? fallback : message)
    }
}
