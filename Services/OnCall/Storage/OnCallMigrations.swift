package import Postgres

/// The schema `oncall`, append-only.
package enum OnCallMigrations {
    package static let schema = "oncall"

    package static let all = [
        Migration(file: "V0001_create_oncall.sql", bytes: PackageResources.V0001_create_oncall_sql),
        Migration(file: "V0002_add_layers_and_history.sql", bytes: PackageResources.V0002_add_layers_and_history_sql),
        Migration(file: "V0004_tell_handoffs.sql", bytes: PackageResources.V0004_tell_handoffs_sql),
    ]
}
