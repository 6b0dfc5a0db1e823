import Diagnostics
import YAML

/// Finds the comments of one YAML text that start with the marker. A `#` in a quoted or block text does not start a comment.
struct CommentScan {
  /// One comment: its range from the `#` on, the start of the text after the marker, and the line that the comment is about.
  struct Comment {
    let range: SourceRange
    let textStart: Int
    let targetLine: Int
  }

  private let bytes: [UInt8]
  /// The ranges of keys and of quoted and block texts, in the order of the text.
  private let texts: [SourceRange]

  /// Nil if the marker does not occur.
  init?(_ document: YAMLDocument) {
    bytes = document.file.bytes
    guard Self.holdsMarker(bytes) else { return nil }
    var ranges: [SourceRange] = []
    Self.collect(document.root, &ranges)
    texts = ranges.sorted { $0.lowerBound < $1.lowerBound }
  }

  private static func holdsMarker(_ bytes: [UInt8]) -> Bool {
    let marker = Array(SuppressionComment.marker.utf8)
    return bytes.indices.contains { bytes[$0] == marker[0] && bytes[$0...].starts(with: marker) }
  }

  private static func collect(_ node: YAMLNode, _ ranges: inout [SourceRange]) {
    switch node.content {
    case .scalar(let scalar): if scalar.style != .plain { ranges.append(node.range) }
    case .sequence(let items): for item in items { collect(item, &ranges) }
    case .mapping(let pairs):
      for pair in pairs {
        ranges.append(pair.keyRange)
        collect(pair.value, &ranges)
      }
    }
  }

  /// The comments in the order of the text.
  func comments() -> [Comment] {
    var comments: [Comment] = []
    // A comment on a line of its own is about the next line with content.
    var waiting: [(range: Range<Int>, textStart: Int)] = []
    var (line, start) = (1, 0)
    func finish(_ found: (range: Range<Int>, textStart: Int), _ target: Int) {
      comments.append(Comment(range: SourceRange(found.range), textStart: found.textStart, targetLine: target))
    }
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
      let mark = commentStart(in: start..<end)
      let hasContent = !bytes[start..<(mark ?? end)].trimmed.isEmpty
      if hasContent {
        for found in waiting { finish(found, line) }
        waiting = []
      }
      if let mark, let text = textStart(after: mark, end) {
        let found = (range: mark..<bytes[mark..<end].trimmed.endIndex, textStart: text)
        if hasContent { finish(found, line) } else { waiting.append(found) }
      }
      (line, start) = (line + 1, end + 1)
    }
    for found in waiting { finish(found, line) }
    return comments
  }

  /// The offset of the `#` that starts the comment of a line. Nil without a comment.
  private func commentStart(in line: Range<Int>) -> Int? {
    var i = line.lowerBound
    while let hash = bytes[i..<line.upperBound].firstIndex(of: UInt8(ascii: "#")) {
      let isFree = hash == line.lowerBound || bytes[hash - 1] == 0x20 || bytes[hash - 1] == 0x09
      if isFree, !isInText(hash) { return hash }
      i = hash + 1
    }
    return nil
  }

  private func textStart(after hash: Int, _ end: Int) -> Int? {
    let body = bytes[(hash + 1)..<end].trimmed
    guard body.starts(with: SuppressionComment.marker.utf8) else { return nil }
    return body.startIndex + SuppressionComment.marker.utf8.count
  }

  /// Whether the offset is inside one of `texts`, by bisection: they do not overlap.
  private func isInText(_ offset: Int) -> Bool {
    var (low, high) = (0, texts.count)
    while low < high {
      let middle = (low + high) / 2
      if texts[middle].lowerBound <= offset { low = middle + 1 } else { high = middle }
    }
    return low > 0 && texts[low - 1].upperBound > offset
  }
}
