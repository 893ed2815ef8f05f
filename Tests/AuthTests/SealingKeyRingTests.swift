import Auth
import Foundation
import Testing

@Suite struct SealingKeyRingTests {
    private static let old = Secret("old-4f9d2c1b7a6e5d8c-4f9d2c1b7a6e5d8c")
    private static let new = Secret("new-91c2d7e4b5a6f803-91c2d7e4b5a6f803")
    private static let place = SealedPlace(column: "notification.contact_method.secret", row: "a")
    private static let secret = Secret("whsec_c2VjcmV0")

    @Test func whatIsSealedOpensWithItsKeyInItsPlaceAndShowsNothing() throws {
        let ring = SealingKeyRing(current: Self.old)
        let sealed = try ring.seal(Self.secret, for: Self.place)
        #expect(try ring.open(sealed, for: Self.place) == Self.secret)
        #expect(sealed.box.range(of: Data("whsec".utf8)) == nil)
        #expect(sealed.keyID.count == 16)
        #expect(try ring.seal(Self.secret, for: Self.place).box != sealed.box)
    }

    @Test func anotherKeyIsUnknownAndNotBroken() throws {
        let sealed = try SealingKeyRing(current: Self.old).seal(Self.secret, for: Self.place)
        #expect(throws: SealFault.unknownKey) { try SealingKeyRing(current: Self.new).open(sealed, for: Self.place) }
    }

    @Test func rotationWritesWithTheNewKeyAndStillReadsTheOld() throws {
        let before = try SealingKeyRing(current: Self.old).seal(Self.secret, for: Self.place)
        let ring = SealingKeyRing(current: Self.new, previous: [Self.old, Self.new])
        #expect(try ring.open(before, for: Self.place) == Self.secret)
        let after = try ring.seal(Self.secret, for: Self.place)
        #expect(ring.standing(of: before.keyID) == .previous)
        #expect(ring.standing(of: after.keyID) == .current)
        #expect(ring.standing(of: "0000000000000000") == .unknown)
        #expect(ring.previousIDs == [before.keyID])
    }

    @Test func everyFlippedByteIsNoticed() throws {
        let ring = SealingKeyRing(current: Self.old)
        let sealed = try ring.seal(Self.secret, for: Self.place)
        for index in sealed.box.indices {
            var box = sealed.box
            box[index] ^= 1
            #expect(throws: SealFault.broken) { try ring.open(SealedSecret(keyID: sealed.keyID, box: box), for: Self.place) }
        }
        #expect(throws: SealFault.broken) { try ring.open(SealedSecret(keyID: sealed.keyID, box: Data()), for: Self.place) }
    }

    @Test(arguments: [
        SealedPlace(column: "notification.contact_method.secret", row: "b"), SealedPlace(column: "notification.other.secret", row: "a"),
    ])
    func valueOfAnotherPlaceDoesNotOpen(place: SealedPlace) throws {
        let ring = SealingKeyRing(current: Self.old)
        let sealed = try ring.seal(Self.secret, for: Self.place)
        #expect(throws: SealFault.broken) { try ring.open(sealed, for: place) }
    }
}
