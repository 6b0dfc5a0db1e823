import Diagnostics
import Policy

extension BinaryWriter {
  mutating func range(_ range: SourceRange) {
    number(range.lowerBound)
    number(range.offsets.count)
  }
}

extension BinaryReader {
  mutating func range() throws(Damage) -> SourceRange {
    let lower = try number()
    return SourceRange(lower..<lower + (try number()))
  }
}
