package import Postgres

/// The schema `oncall`, append-only.
package enum OnCallMigrations {
    package static let schema = "oncall"

    package static let all = [
        Migration(file: "V0001_create_oncall.sql", bytes: PackageResources.V0001_create_oncall_sql),
        Migration(file: "V0002_add_layers_and_history.sql", bytes: PackageResources.V0002_add_layers_and_history_sql),
        Migration(
            file: "V0003_add_shift_requests_and_calendars.sql", bytes: PackageResources.V0003_add_shift_requests_and_calendars_sql),
        Migration(file: "V0004_tell_handoffs.sql", bytes: PackageResources.V0004_tell_handoffs_sql),
        Migration(file: "V0005_add_time_off.sql", bytes: PackageResources.V0005_add_time_off_sql),
        Migration(file: "V0006_keep_past_holidays.sql", bytes: PackageResources.V0006_keep_past_holidays_sql),
    ]
}
