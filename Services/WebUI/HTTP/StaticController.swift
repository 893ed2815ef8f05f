import Hummingbird
import NIOCore
import ServiceKit

/// The style sheet, built into the program.
struct StaticController: Sendable {
    func addRoutes(to routes: Routes) {
        routes.get("/static/style.css", .open) { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/css; charset=utf-8", .cacheControl: "public, max-age=3600"],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: PackageResources.style_css))
            )
        }
    }
}
