import PrometheusMetrics
import Testing

@Suite struct NegotiationTests {
    static let cases: [(accept: String?, format: ExpositionFormat)] = [
        (nil, .text),
        ("", .text),
        ("*/*", .text),
        ("text/plain", .text),
        // What Prometheus 2.42 sends.
        (
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            .openMetrics
        ),
        // What Prometheus 3 sends.
        (
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
                + "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
            .openMetrics
        ),
        ("application/openmetrics-text", .openMetrics),
        ("APPLICATION/OpenMetrics-Text; Version=\"1.0.0\"; charset=utf-8", .openMetrics),
        ("application/openmetrics-text;version=0.0.1", .text),
        ("application/openmetrics-text;version=2.0.0", .text),
        ("application/openmetrics-text;q=0", .text),
        ("application/openmetrics-text;q=NaN", .text),
        ("application/openmetrics-text;q=7", .text),
        ("application/openmetrics-text;q=0.4,text/plain;q=0.5", .text),
        ("text/plain;q=0.5,application/openmetrics-text;q=0.5", .openMetrics),
        ("../../,;;;q=,application/json", .text),
        (String(repeating: "a/b,", count: 40) + "application/openmetrics-text", .text),
    ]

    @Test(arguments: cases) func acceptHeaderChoosesTheFormat(accept: String?, format: ExpositionFormat) {
        #expect(ExpositionFormat.negotiate(accept: accept) == format)
    }

    @Test func contentTypesAreThoseThatPrometheusKnows() {
        #expect(ExpositionFormat.text.contentType == "text/plain; version=0.0.4; charset=utf-8")
        #expect(ExpositionFormat.openMetrics.contentType == "application/openmetrics-text; version=1.0.0; charset=utf-8")
    }
}
