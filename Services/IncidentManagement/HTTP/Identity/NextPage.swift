import Foundation
import HTTPTypes
import Hummingbird
import ServiceKit

/// Where the rest of a list is: the same request with a cursor (RFC 8288).
enum NextPage {
    static func link(_ request: Request, cursor: String) -> HTTPFields {
        var items = request.uri.queryParameters.filter { $0.key != "cursor" }.map {
            URLQueryItem(name: String($0.key), value: String($0.value))
        }
        items.append(URLQueryItem(name: "cursor", value: cursor))
        var components = URLComponents()
        components.path = request.uri.path
        components.queryItems = items
        return components.string.map { [.link: "<\($0)>; rel=\"next\""] } ?? [:]
    }
}
