package import Postgres

/// The tables of this daemon, in the order they came.
package enum NotificationMigrations {
    package static let schema = "notification"

    package static let all = [
        Migration(file: "V0001_create_notification.sql", bytes: PackageResources.V0001_create_notification_sql),
        Migration(file: "V0002_hold_paging.sql", bytes: PackageResources.V0002_hold_paging_sql),
        Migration(file: "V0003_seal_contact_secrets.sql", bytes: PackageResources.V0003_seal_contact_secrets_sql),
        Migration(file: "V0004_partition_attempts.sql", bytes: PackageResources.V0004_partition_attempts_sql),
        Migration(file: "V0005_index_invariants.sql", bytes: PackageResources.V0005_index_invariants_sql),
        Migration(file: "V0006_index_lists.sql", bytes: PackageResources.V0006_index_lists_sql),
        Migration(file: "V0007_keep_trace.sql", bytes: PackageResources.V0007_keep_trace_sql),
    ]
}
