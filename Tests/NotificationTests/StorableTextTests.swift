import Notification
import Testing

@Suite struct StorableTextTests {
    @Test(arguments: [
        ("disk full", "disk full"), ("a\u{0}b", "ab"), ("invoice\u{202E}fdp.exe", "invoicefdp.exe"),
        ("\u{2067}\u{0}x\u{2069}", "x"), ("אזעקה — ü", "אזעקה — ü"),
    ]) func whatCannotBeStoredOrHidesItsOrderIsTakenOut(text: String, stored: String) {
        #expect(NewPage.storable(text) == stored)
    }
}
