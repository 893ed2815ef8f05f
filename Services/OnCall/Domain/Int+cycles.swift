extension Int {
    /// Division rounded towards minus infinity, so that cycles before the origin count backwards evenly.
    func quotient(cycle length: Int) -> Int {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: length)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// The place within a cycle: 0 up to `length`, also for negative numbers.
    func remainder(cycle length: Int) -> Int {
        self - quotient(cycle: length) * length
    }

    /// Reads decimal digits only: no sign, no space.
    init?(digits: ArraySlice<UInt8>) {
        var value = 0
        for byte in digits {
            guard (48...57).contains(byte) else { return nil }
            value = value * 10 + Int(byte) - 48
        }
        self = value
    }

    func padded(_ width: Int) -> String {
        let text = String(self)
        return String(repeating: "0", count: Swift.max(0, width - text.count)) + text
    }
}
