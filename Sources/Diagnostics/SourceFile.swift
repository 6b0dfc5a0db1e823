import Synchronization

/// A text that findings point into, with its path.
package final class SourceFile: Sendable {
  /// The path as the user wrote it. It is not resolved, so the user recognises it.
  package let path: String
  /// At most `UInt32.max` bytes, so that a range fits eight bytes. Readers refuse files long before that.
  package var bytes: [UInt8] { given ?? fetched }
  private let given: [UInt8]?
  /// The closure that fetches the bytes, and the bytes that it returned.
  private let source: Mutex<(fetch: (@Sendable () -> [UInt8])?, bytes: [UInt8])>
  /// Made for the first position that is needed.
  private let index = Mutex<Index?>(nil)

  /// Makes looking up a position fast, even in a file that is one very long line.
  private struct Index {
    /// The offset of each line's first byte.
    var lineStarts: [UInt32] = [0]
    /// How many characters start before each block of `block` bytes.
    var characters: [UInt32] = []

    static let block = 4096
  }

  package init(path: String, bytes: [UInt8]) {
    precondition(bytes.count <= UInt32.max, "a source file is bounded by its reader")
    (self.path, given) = (path, bytes)
    source = Mutex((nil, []))
  }

  /// A file whose bytes are fetched on demand: most runs have no findings, so they need no positions.
  package init(path: String, fetch: @escaping @Sendable () -> [UInt8]) {
    (self.path, given) = (path, nil)
    source = Mutex((fetch, []))
  }

  private var fetched: [UInt8] {
    source.withLock { source in
      if let fetch = source.fetch { source = (nil, fetch()) }
      return source.bytes
    }
  }

  package convenience init(path: String, text: String) { self.init(path: path, bytes: Array(text.utf8)) }

  /// The line and column of a byte offset. An offset beyond the end counts as the end of the file.
  package func position(of offset: Int) -> Position {
    let offset = min(max(offset, 0), bytes.count)
    let line = lineIndex(of: offset)
    return Position(line: line + 1, column: 1 + characters(before: offset) - characters(before: start(ofLine: line)))
  }

  package func position(of range: SourceRange) -> Position { position(of: range.lowerBound) }

  /// The byte offsets of a line without its line break. Lines are counted from 1. Empty if the file has no such line.
  func byteRange(ofLine number: Int) -> Range<Int> {
    let lower = start(ofLine: number - 1)
    guard lower < bytes.count else { return bytes.count..<bytes.count }
    let next = start(ofLine: number)
    // The last line may have no line break.
    var upper = bytes[next - 1] == 0x0a ? next - 1 : next
    if upper > lower, bytes[upper - 1] == 0x0d { upper -= 1 }
    return lower..<upper
  }

  /// The range of the character at a byte of a line. Line and byte count from 1.
  package func range(ofLine line: Int, byte column: Int) -> SourceRange {
    let lower = min(start(ofLine: line - 1) + column - 1, bytes.count)
    var upper = min(lower + 1, bytes.count)
    while upper < bytes.count, UTF8.isContinuation(bytes[upper]) { upper += 1 }
    return SourceRange(lower..<upper)
  }

  private func start(ofLine line: Int) -> Int {
    withIndex { $0.lineStarts.indices.contains(line) ? Int($0.lineStarts[line]) : bytes.count }
  }

  private func characters(before offset: Int) -> Int {
    let block = offset / Index.block
    return bytes.withUnsafeBufferPointer { bytes in
      withIndex { Int($0.characters[block]) } + bytes[block * Index.block..<offset].count { !UTF8.isContinuation($0) }
    }
  }

  /// The last line that starts at or before the offset, by bisection.
  private func lineIndex(of offset: Int) -> Int {
    withIndex { index in
      var (low, high) = (0, index.lineStarts.count)
      while high - low > 1 {
        let middle = (low + high) / 2
        if Int(index.lineStarts[middle]) <= offset { low = middle } else { high = middle }
      }
      return low
    }
  }

  private func withIndex<T>(_ body: (Index) -> T) -> T {
    index.withLock { index in
      if let index { return body(index) }
      var made = Index()
      var characters: UInt32 = 0
      for (i, byte) in bytes.enumerated() {
        if i % Index.block == 0 { made.characters.append(characters) }
        if byte == 0x0a { made.lineStarts.append(UInt32(i + 1)) }
        if !UTF8.isContinuation(byte) { characters += 1 }
      }
      if bytes.count % Index.block == 0 { made.characters.append(characters) }
      index = made
      return body(made)
    }
  }
}

/// A place in a text. Line and column count from 1; the column counts Unicode scalars, a tab as one.
package struct Position: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) { (self.line, self.column) = (line, column) }

  package static func < (a: Position, b: Position) -> Bool { (a.line, a.column) < (b.line, b.column) }
  package var description: String { "\(line):\(column)" }
}

/// A range of byte offsets in a source file. An empty range stands for the place before the byte at its offset.
package struct SourceRange: Hashable, Sendable {
  private let lower: UInt32
  private let upper: UInt32

  package init(_ range: Range<Int>) {
    (lower, upper) = (UInt32(clamping: range.lowerBound), UInt32(clamping: range.upperBound))
  }

  package var lowerBound: Int { Int(lower) }
  package var upperBound: Int { Int(upper) }
  package var offsets: Range<Int> { lowerBound..<upperBound }
}

/// A place in a file, or the file as a whole.
package struct Span: Sendable {
  package let file: SourceFile
  /// Nil for the whole file, for example if the file cannot be read or lacks something.
  package let range: SourceRange?

  package init(_ file: SourceFile, _ range: SourceRange?) { (self.file, self.range) = (file, range) }

  /// Nil for the whole file.
  package var position: Position? { range.map { file.position(of: $0) } }

  /// `policy.yaml:3:7`, or the path alone.
  package var description: String { position.map { "\(file.path):\($0)" } ?? file.path }
}
