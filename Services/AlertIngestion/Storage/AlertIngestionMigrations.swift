package import Postgres

/// The history of the schema `alerting`.
package enum AlertIngestionMigrations {
    package static let schema = "alerting"
    package static let all = [
        Migration(file: "V0001_create_alerting.sql", bytes: PackageResources.V0001_create_alerting_sql),
        Migration(file: "V0002_index_quarantine_age.sql", bytes: PackageResources.V0002_index_quarantine_age_sql),
        Migration(file: "V0003_create_change_event.sql", bytes: PackageResources.V0003_create_change_event_sql),
        Migration(file: "V0004_keep_closed_groups.sql", bytes: PackageResources.V0004_keep_closed_groups_sql),
    ]
}
