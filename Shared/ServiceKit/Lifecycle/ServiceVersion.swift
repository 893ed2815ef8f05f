/// What `/health`, logs and `*_build_info` call this build.
package enum ServiceVersion {
    /// Raised with each release.
    package static let current = "0.1.0"
}
