import CHiredis
import Foundation

/// What Redis answered, copied out of hiredis.
enum RedisReply: Sendable, Hashable {
    case text(Data)
    case integer(Int64)
    case list([RedisReply])
    case none
    case status(String)
    /// The first word of an error; the rest may quote what was sent.
    case failure(String)

    init(copying reply: UnsafePointer<redisReply>) {
        let value = reply.pointee
        let bytes = value.str.map { Data(bytes: $0, count: value.len) } ?? Data()
        switch value.type {
        case REDIS_REPLY_STRING: self = .text(bytes)
        case REDIS_REPLY_INTEGER: self = .integer(Int64(value.integer))
        case REDIS_REPLY_STATUS: self = .status(String(decoding: bytes, as: UTF8.self))
        case REDIS_REPLY_ERROR: self = .failure(String(String(decoding: bytes, as: UTF8.self).prefix { $0.isLetter }))
        case REDIS_REPLY_ARRAY:
            self = .list((0..<value.elements).compactMap { index in value.element?[index].map { RedisReply(copying: $0) } })
        default: self = .none
        }
    }

    /// The channel, when it is a message of a subscription.
    var publishedChannel: String? {
        guard case .list(let parts) = self, parts.count == 3, parts[0] == .text(Data("message".utf8)), case .text(let name) = parts[1]
        else {
            return nil
        }
        return String(decoding: name, as: UTF8.self)
    }
}
