import Testing
import WebUI

@Suite struct AnswerFormTests {
    @Test(arguments: [
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", AnswerForm.page),
        ("text/html", .page), ("TEXT/HTML; charset=utf-8", .page), ("application/json;q=0.5, text/html", .page),
        ("text/html, application/json", .page),
        ("", .document), ("*/*", .document), ("text/css,*/*;q=0.1", .document), ("text/html;q=0", .document),
        ("application/json", .document), ("application/json, text/html", .document), ("application/problem+json", .document),
        ("text/html;q=0.4, application/json;q=0.9", .document), ("application/*, text/html;q=0.9", .document), (";;,,;q=", .document),
        ("text/html;q=nonsense", .page),
    ]) func acceptDecidesBetweenPageAndDocument(accept: String, form: AnswerForm) {
        #expect(AnswerForm(accept: accept) == form)
    }
}
