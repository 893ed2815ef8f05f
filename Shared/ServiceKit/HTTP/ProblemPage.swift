package import Hummingbird

/// Words a problem for a person who looks at pages; nil leaves it the problem document that programs read.
package typealias ProblemPage = @Sendable (Problem, Request) -> Response?
