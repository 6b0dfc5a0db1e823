import CNI
import Diagnostics
import JSON
import PluginModel
import YAML

/// Reads one configuration list, or the configuration of one plugin.
struct ConflistReader {
  let file: SourceFile
  let root: YAMLNode
  /// The errors.
  private(set) var findings = Findings()
  /// The warnings.
  private(set) var hints = Findings()
  private let defaultName: NetworkName?

  init(_ file: SourceFile, _ root: YAMLNode, defaultName: NetworkName?) {
    (self.file, self.root, self.defaultName) = (file, root, defaultName)
  }

  private var isList: Bool { root["plugins"] != nil || root["type"] == nil }

  private var shape: Shape {
    let shape = isList ? ConflistTable.list : ConflistTable.single
    guard defaultName != nil else { return shape }
    let keys = shape.keys.map { key in
      var key = key
      if key.name == "name" { key.isRequired = false }
      return key
    }
    return Shape(id: shape.id, name: shape.name, doc: shape.doc, keys: keys, isOpen: shape.isOpen)
  }

  /// The list as a network. Nil if the root is not an object.
  mutating func network() -> Network? {
    var checker = ShapeChecker(file)
    checker.check(root, .object(shape), what: shape.name)
    findings.append(contentsOf: checker.findings)
    guard root.mapping != nil else { return nil }
    var decoder = FileDecoder(file: file)
    var chain: [ChainEntry] = []
    for node in isList ? root["plugins"]?.value.sequence ?? [] : [root] {
      if let entry = decoder.entry(node) { chain.append(entry) }
    }
    findings.append(contentsOf: decoder.findings)
    let name = root["name"]?.value
    guard
      let valid = name.flatMap({ $0.string }).flatMap({ try? NetworkName($0) }) ?? defaultName ?? (try? NetworkName("unnamed"))
    else { return nil }
    return Network(
      name: valid, span: Span(file, name?.range ?? root.mapping?.first?.keyRange ?? root.range), chain: chain,
      cniVersion: root["cniVersion"]?.value.string.flatMap { SpecVersion(rawValue: $0) },
      disableCheck: flag("disableCheck"), disableGC: flag("disableGC"))
  }

  private func flag(_ key: String) -> Bool {
    guard isList, let value = root[key]?.value else { return false }
    return value.bool ?? (value.string?.lowercased() == "true")
  }

  /// Finds mistakes that a runtime accepts silently.
  mutating func lint() {
    let known = shape.keys.map(\.name)
    // For a required key, the shape checker has already reported the misspelt one.
    let free = shape.keys.filter { !$0.isRequired && root[$0.name] == nil }.map(\.name)
    for pair in (root.mapping ?? []).prefix(ShapeChecker.comparedKeys) where isList && !known.contains(pair.key) {
      guard let close = Suggestion.closest(to: pair.key, among: free) else { continue }
      hints.append(
        Diagnostic(
          .unknownKey, "unknown key \(quoted(pair.key)) in \(shape.name)", at: Span(file, pair.keyRange),
          help: "did you mean \(quoted(close))?", severity: .warning))
    }
    if root["cniVersion"] == nil, root["cniVersions"] == nil {
      hints.append(
        Diagnostic(
          .missingKey, "without \"cniVersion\" the runtime calls the plugins with version 0.1.0",
          at: Span(file, root.mapping?.first?.keyRange ?? root.range), help: "add \"cniVersion\": \"1.0.0\"", severity: .warning))
    }
  }

  /// A finding if the file is YAML but not JSON, which no runtime can read.
  static func notJSON(_ file: SourceFile) -> Diagnostic? {
    do throws(JSONError) {
      _ = try JSON(parsing: file.bytes)
      return nil
    } catch {
      return Diagnostic(
        .syntax, "this is YAML, but a runtime reads only JSON",
        at: Span(file, file.range(ofLine: error.line, byte: error.column)),
        help: "write JSON: it has no comments, no single quotes, no words without quotes and no comma after the last entry")
    }
  }
}

extension SourceFile {
  /// The range of the character at a byte of a line. Line and byte count from 1.
  fileprivate func range(ofLine line: Int, byte column: Int) -> SourceRange {
    var start = 0
    for _ in 1..<max(line, 1) { start = bytes[start...].firstIndex(of: 0x0a).map { $0 + 1 } ?? bytes.count }
    start = min(start + column - 1, bytes.count)
    var end = min(start + 1, bytes.count)
    while end < bytes.count, UTF8.isContinuation(bytes[end]) { end += 1 }
    return SourceRange(start..<end)
  }
}
