import Contracts
import IncidentManagement
import Testing

@Suite struct FormFieldsTests {
    @Test func swaggersFormIsRead() throws {
        let form = try FormFields("grant_type=password&username=a%2Bb%40example.org&password=p%26q+r%25&scope=&client_id=".utf8)
        #expect(try form.required("username") == "a+b@example.org")
        #expect(try form.required("password") == "p&q r%")
        #expect(form["grant_type"] == "password")
    }

    @Test(arguments: ["username=a&username=b", "username=%ff", "username=a%00b", "username=%zz", String(repeating: "a=1&", count: 21)])
    func doubtfulFormsAreRefused(_ text: String) {
        #expect(throws: InvalidFields.self) { try FormFields(text.utf8) }
    }

    @Test(arguments: ["", "password=x", "username=&password=x"])
    func missingFieldIsNamed(_ text: String) throws {
        let form = try FormFields(text.utf8)
        #expect(throws: InvalidFields("/username", "is required")) { try form.required("username") }
    }
}
