/// A number of a text that is the same in every process and every release, for names that must be found again.
package enum StableHash {
  /// FNV-1a, mixed: texts that differ in one character must not give similar numbers.
  package static func of(_ text: String) -> UInt64 {
    mix(text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 })
  }

  /// The last step of splitmix64, for a second number of the same text.
  package static func mix(_ bits: UInt64) -> UInt64 {
    var z = bits &+ 0x9e37_79b9_7f4a_7c15
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
