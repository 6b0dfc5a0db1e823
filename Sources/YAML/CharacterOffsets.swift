import Diagnostics

/// Converts libyaml's indices, which count characters, into byte offsets.
struct CharacterOffsets {
  /// The byte offset of every 64th character. Empty for an ASCII text.
  private var samples: [UInt32] = []
  private let file: SourceFile
  private static let step = 64

  init(_ file: SourceFile, isASCII: Bool) {
    self.file = file
    guard !isASCII else { return }
    var index = 0
    for (offset, byte) in file.bytes.enumerated() where !UTF8.isContinuation(byte) {
      if index % Self.step == 0 { samples.append(UInt32(offset)) }
      index += 1
    }
  }

  func offset(of index: Int) -> Int {
    let bytes = file.bytes
    guard !samples.isEmpty else { return min(index, bytes.count) }
    guard index / Self.step < samples.count else { return bytes.count }
    var offset = Int(samples[index / Self.step])
    for _ in 0..<index % Self.step {
      guard offset < bytes.count else { return bytes.count }
      offset += 1
      while offset < bytes.count, UTF8.isContinuation(bytes[offset]) { offset += 1 }
    }
    return offset
  }
}
