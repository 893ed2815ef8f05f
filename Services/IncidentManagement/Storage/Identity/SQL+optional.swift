import Postgres

extension SQL.StringInterpolation {
    /// Binds a value or NULL. The compiler takes an optional for a mistake in interpolations whose parameter does not say it may be one.
    mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
        bind(value)
    }

    /// Generic, so that the overload for values is chosen and this is no recursion.
    private mutating func bind<Value: PostgresEncodable>(_ value: Value) {
        appendInterpolation(value)
    }
}
