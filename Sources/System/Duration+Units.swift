extension Duration {
  /// The time in whole seconds, rounded down, as messages write it: `30 s`.
  package var wholeSeconds: String { "\(components.seconds) s" }

  /// The time as poll(2) takes it: in milliseconds, rounded up. A wait of 0 ms would be a busy loop.
  package var pollMilliseconds: Int32 {
    let (seconds, attoseconds) = components
    return Int32(clamping: seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
