package import Contracts
import Foundation
package import ServiceClients
package import ServiceKit

/// Webhooks to URLs that people gave us, signed as Standard Webhooks where there is a secret.
package struct WebhookChannel: Channel {
    package let kind = ChannelKind.webhook
    private let egress: EgressClient
    private let clock: any Clock

    /// - Parameter clock: the time of `webhook-timestamp`, which receivers compare with theirs.
    package init(_ egress: EgressClient, clock: any Clock) {
        self.egress = egress
        self.clock = clock
    }

    package func send(_ message: OutgoingMessage, deadline: Duration) async -> ChannelResult {
        if let fault = message.sealFault { return WebhookVerdict.result(of: fault) }
        guard let body = try? WireJSON.encode(WebhookBody(message)) else { return .permanent(.clientError) }
        let timestamp = Int(clock.now.timeIntervalSince1970)
        let id = message.deliveryID.description
        var headers = [("content-type", "application/json"), ("webhook-id", id), ("webhook-timestamp", String(timestamp))]
        if let secret = message.signingSecret {
            guard let signature = StandardWebhook.signature(id: id, timestamp: timestamp, body: body, secret: secret) else {
                return .permanent(.clientError)
            }
            headers.append(("webhook-signature", signature))
        }
        if let trace = TraceContext.current { headers.append(("traceparent", trace.traceparent)) }
        do throws(EgressError) {
            let answer = try await egress.post(
                message.address, headers: headers.map { (name: $0.0, value: $0.1) }, body: body, deadline: deadline)
            return WebhookVerdict.result(status: answer.status, retryAfter: answer.retryAfter)
        } catch {
            return WebhookVerdict.result(of: error)
        }
    }
}
