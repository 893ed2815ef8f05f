import Contracts
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceKit

/// What the other daemons ask: the public keys, what a credential is worth, and who is behind a name.
struct IdentityPeerController: Sendable {
    let standing: LocalStanding
    let directory: UserDirectory
    let keys: SigningKeyRing

    func addRoutes(to routes: Routes) {
        routes.get(InternalPath.jwks, .open, use: publicKeys)
        routes.post(InternalPath.standing, .daemon, use: answerStanding)
        routes.post(InternalPath.recipients, .daemon, use: resolve)
    }

    @Sendable func publicKeys(_ request: Request, _ context: CallContext) async throws -> Response {
        let body = ByteBuffer(string: try await keys.jwks())
        return Response(
            status: .ok, headers: [.contentType: "application/jwk-set+json", .cacheControl: "public, max-age=300"],
            body: ResponseBody(byteBuffer: body)
        )
    }

    @Sendable func answerStanding(_ request: Request, _ context: CallContext) async throws -> JSONResponse<Standing> {
        JSONResponse(try await standing.standing(of: try await request.message(StandingQuestion.self, context)))
    }

    @Sendable func resolve(_ request: Request, _ context: CallContext) async throws -> JSONResponse<RecipientAnswer> {
        let question = try await request.message(RecipientQuestion.self, context)
        guard question.handles.count <= RecipientQuestion.limit, question.handles.allSatisfy(RecipientQuestion.admits) else {
            throw InvalidFields(
                "/handles", "must be at most \(RecipientQuestion.limit) names of at most \(RecipientQuestion.handleLimit) bytes")
        }
        return JSONResponse(try await directory.resolve(question.handles))
    }
}
