import HTTPTypes
import Hummingbird
import ServiceKit

/// Shows a browser why something was refused; programs get the problem document.
struct ProblemPages: Sendable {
    let renderer: PageRenderer

    func page(for problem: Problem, _ request: Request) -> Response? {
        guard AnswerForm(accept: request.headers[values: .accept].joined(separator: ",")) == .page else { return nil }
        let content = FailurePage(title: problem.title, detail: problem.detail, signsIn: problem.status == .forbidden)
        var response = renderer.response(.failure, content, status: problem.status)
        response.headers.append(contentsOf: problem.headers)
        return response
    }
}
