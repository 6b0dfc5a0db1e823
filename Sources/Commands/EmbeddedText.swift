import Diagnostics
import JSON
import YAML

/// The text of a YAML scalar that is JSON itself. Its places are places in the YAML file.
struct EmbeddedText {
  /// The text alone.
  let text: SourceFile
  private let outer: SourceFile
  private let scalar: SourceRange
  /// The offset in the YAML file of each byte of the text, and of its end. Nil if they cannot be told, for example for an alias.
  private let offsets: [Int]?

  init(_ node: YAMLNode, in file: SourceFile, title: String) {
    (outer, scalar) = (file, node.range)
    text = SourceFile(path: "\(file.path) (\(title))", text: node.string ?? "")
    offsets = node.scalar.flatMap { Self.offsets(of: Array($0.text.utf8), $0.style, in: file.bytes, node.range.offsets) }
  }

  /// The place in the YAML file; the whole scalar if it cannot be told.
  func span(_ range: SourceRange) -> Span { Span(outer, self.range(range)) }

  func range(_ range: SourceRange) -> SourceRange {
    guard let offsets, range.upperBound < offsets.count else { return scalar }
    let lower = offsets[range.lowerBound]
    let upper = range.offsets.isEmpty ? lower : offsets[range.upperBound - 1] + 1
    return SourceRange(lower..<max(lower, upper))
  }

  /// Reads the text as JSON. Nil, with findings about the YAML file, if it is not JSON.
  func root(_ findings: inout Findings) -> YAMLNode? {
    do throws(JSONError) { _ = try JSON(parsing: text.bytes) } catch {
      let place = text.range(ofLine: error.line, byte: error.column)
      findings.append(
        Diagnostic(.syntax, "this text must be JSON: \(error.words)", at: span(place), help: error.help))
      return nil
    }
    var inner = Findings()
    let root = YAMLDocument.single(text, &inner)?.root
    for finding in inner.items {
      findings.append(
        Diagnostic(
          finding.code, finding.message, at: finding.primary.range.map(span) ?? Span(outer, scalar), label: finding.label,
          secondary: finding.secondary.map { .init($0.span.range.map(span) ?? Span(outer, scalar), $0.label) },
          help: finding.help, severity: finding.severity))
    }
    return root.map(placed)
  }

  private func placed(_ node: YAMLNode) -> YAMLNode {
    let content: YAMLNode.Content =
      switch node.content {
      case .scalar: node.content
      case .sequence(let items): .sequence(items.map(placed))
      case .mapping(let pairs):
        .mapping(pairs.map { YAMLPair(key: $0.key, keyRange: range($0.keyRange), value: placed($0.value)) })
      }
    return YAMLNode(content, range(node.range))
  }
}

// MARK: - Offsets

extension EmbeddedText {
  /// Follows the text through the scalar's bytes: YAML folds white space, indents lines and escapes characters.
  private static func offsets(
    of text: [UInt8], _ style: YAMLScalar.Style, in bytes: [UInt8], _ range: Range<Int>
  ) -> [Int]? {
    guard var at = start(style, in: bytes, range) else { return nil }
    var offsets: [Int] = []
    for byte in text {
      if !isSpace(byte) {
        at = skippingSpace(at, style, in: bytes, range.upperBound)
        guard at < range.upperBound else { return nil }
        if style == .doubleQuoted, bytes[at] == UInt8(ascii: "\\") {
          at += 1
        } else if style == .singleQuoted, bytes[at] == UInt8(ascii: "'") {
          at += 1
        }
        guard at < range.upperBound, bytes[at] == byte else { return nil }
      }
      offsets.append(min(at, range.upperBound))
      if !isSpace(byte) { at += 1 }
    }
    return offsets + [min(at, range.upperBound)]
  }

  /// The offset behind the opening quote, or behind the line of a block scalar's indicator.
  private static func start(_ style: YAMLScalar.Style, in bytes: [UInt8], _ range: Range<Int>) -> Int? {
    switch style {
    case .plain: range.lowerBound
    case .singleQuoted, .doubleQuoted: range.lowerBound + 1
    case .literal, .folded: bytes[range].firstIndex(of: 0x0a).map { $0 + 1 }
    }
  }

  /// Skips white space, and in double quotes the escapes of white space too.
  private static func skippingSpace(_ start: Int, _ style: YAMLScalar.Style, in bytes: [UInt8], _ end: Int) -> Int {
    var at = start
    while at < end {
      if isSpace(bytes[at]) {
        at += 1
      } else if style == .doubleQuoted, bytes[at] == UInt8(ascii: "\\"), at + 1 < end,
        [UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"), 0x20, 0x0a, 0x0d].contains(bytes[at + 1])
      {
        at += 2
      } else {
        break
      }
    }
    return at
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(byte) }
}
