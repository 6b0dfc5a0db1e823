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

  /// A finding if the file is not JSON: no runtime can read it.
  static func notJSON(_ file: SourceFile) -> Diagnostic? {
    do throws(JSONError) {
      _ = try JSON(parsing: file.bytes)
      return nil
    } catch {
      guard error.problem != .empty else { return Diagnostic(.emptyDocument, "the file is empty", at: Span(file, nil)) }
      let isYAML = isYAML(file)
      return Diagnostic(
        error.problem == .tooDeep ? .tooDeep : .syntax,
        isYAML ? "this is YAML, but a runtime reads only JSON: \(error.words)" : "this is not JSON: \(error.words)",
        at: Span(file, file.range(ofLine: error.line, byte: error.column)),
        help: error.help)
    }
  }

  private static func isYAML(_ file: SourceFile) -> Bool {
    var findings = Findings()
    return YAMLDocument.single(file, &findings)?.root.mapping != nil
  }

  /// A finding if the end of the file's name tells a runtime to look for another form of configuration.
  static func wrongName(_ file: SourceFile, _ root: YAMLNode) -> Diagnostic? {
    let isList = root["plugins"] != nil
    if file.path.hasSuffix(".conflist"), !isList, let type = root["type"] {
      return Diagnostic(
        .missingKey, "a file whose name ends in .conflist must have \"plugins\", and no runtime loads this one",
        at: Span(file, type.keyRange),
        help:
          "put the plugin into a list: {\"cniVersion\": …, \"name\": …, \"plugins\": [{\"type\": …}]}, or let the name end in .conf"
      )
    }
    if file.path.hasSuffix(".conf"), let plugins = root["plugins"] {
      return Diagnostic(
        .missingKey,
        "a file whose name ends in .conf is the configuration of one plugin, and no runtime looks for \"plugins\" in it",
        at: Span(file, plugins.keyRange), help: "let the name end in .conflist")
    }
    return nil
  }
}
