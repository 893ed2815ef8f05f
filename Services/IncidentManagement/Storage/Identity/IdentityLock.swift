/// Keys of the transaction-level advisory locks: what must happen once although several instances start or act together.
enum IdentityLock {
    /// "tocsin-k", "tocsin-s" as numbers, so that no other lock meets them by chance.
    static let signingKey: Int64 = 0x746f_6373_696e_2d6b
    static let setup: Int64 = 0x746f_6373_696e_2d73
}
