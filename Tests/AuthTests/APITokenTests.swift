import Auth
import Foundation
import Testing

@Suite struct APITokenTests {
    @Test(arguments: APIToken.Kind.allCases) func madeTokenReadsBack(kind: APIToken.Kind) throws {
        let token = APIToken.make(kind: kind)
        let text = token.text.reveal()
        #expect(text.wholeMatch(of: /tcs_[a-z]+_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}/) != nil)
        let read = try #require(APIToken(text))
        #expect(read == token)
        #expect(read.kind == kind)
        #expect(read.digest == token.digest)
    }

    @Test func digestIsSHA256InHex() throws {
        // The token's checksum and digest by another implementation: Python's zlib.crc32 and hashlib.
        let token = try #require(APIToken("tcs_api_0000000000000000000000000000000000000000001_4VeZkQ"))
        #expect(token.digest == "984e4525592e16446cb8bf469324b7b460eec82228e9237f9cd8df4d432d2976")
    }

    @Test func tokensDoNotRepeat() {
        #expect(Set((0..<1_000).map { _ in APIToken.make(kind: .api).text }).count == 1_000)
    }

    @Test func everyOtherLetterIsRefusedByTheChecksum() {
        let text = Array(APIToken.make(kind: .api).text.reveal())
        for index in text.indices {
            for letter in "aZ09_-" where text[index] != letter {
                var other = text
                other[index] = letter
                #expect(APIToken(String(other)) == nil)
            }
        }
    }

    @Test func otherShapesAreRefused() {
        let text = APIToken.make(kind: .api).text.reveal()
        for other in [
            "", "tcs", "tcs_api", "tcs_api__", "___", text.lowercased(), text.uppercased(), text + " ", " " + text, text + "_x",
            text + "\n",
            "x" + text, String(text.dropLast()), text.replacingOccurrences(of: "tcs_", with: "tcs__"),
            text.replacingOccurrences(of: "_api_", with: "_root_"), text.replacingOccurrences(of: "_api_", with: "_refresh_"),
            String(repeating: "tcs_api_", count: 10_000),
        ] {
            #expect(APIToken(other) == nil)
        }
    }

    @Test func integrationKeyIsThirtyTwoLettersAndDigits() {
        for _ in 0..<100 {
            let key = IntegrationKey.make().reveal()
            #expect(key.wholeMatch(of: /[0-9A-Za-z]{32}/) != nil)
            #expect(IntegrationKey.isWellFormed(key))
        }
        for other in [
            "", "a", String(repeating: "a", count: 31), String(repeating: "a", count: 33), String(repeating: "-", count: 32),
            "é" + String(repeating: "a", count: 30),
        ] {
            #expect(!IntegrationKey.isWellFormed(other))
        }
        #expect(IntegrationKey.digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
