import CNI
import Diagnostics
import JSON
import Policy
import YAML

/// Sorts the contents of the files into CNI configurations, Multus configurations and NetworkAttachmentDefinitions.
struct ImportReader {
  /// A Multus configuration: its object, and the delegates in it.
  struct MultusFile {
    let file: SourceFile
    let root: YAMLNode
    var delegates: [Conflist] = []
  }

  /// A NetworkAttachmentDefinition.
  struct Definition {
    let namespace: String
    let name: String
    let span: Span
    /// Nil if the definition refers to a configuration on the node's disk.
    let conflist: Conflist?
    /// Parts of the definition that have no equivalent in a policy.
    var notes: [ImportNote] = []

    var title: String { "\(namespace)/\(name)" }
  }

  private(set) var findings = Findings()
  private(set) var conflists: [Conflist] = []
  private(set) var multus: [MultusFile] = []
  private(set) var definitions: [Definition] = []

  mutating func read(_ file: SourceFile) {
    guard let documents = YAMLDocument.all(file, &findings) else { return }
    let roots = documents.map(\.root).filter { !$0.isNull }
    if roots.isEmpty { report(.emptyDocument, "the file is empty", Span(file, nil)) }
    for root in roots { read(root, file) }
  }

  private mutating func report(_ code: DiagnosticCode, _ message: String, _ span: Span, help: String? = nil) {
    findings.append(Diagnostic(code, message, at: span, help: help))
  }

  private mutating func read(_ root: YAMLNode, _ file: SourceFile) {
    if let kind = root["kind"]?.value {
      switch kind.string {
      case "NetworkAttachmentDefinition": definition(root, file)
      case "List", "NetworkAttachmentDefinitionList":
        for item in root["items"]?.value.sequence ?? [] { read(item, file) }
      case "Policy" where root["apiVersion"]?.value.string?.hasPrefix("braid/") ?? false:
        report(.unknownKind, "this already is a policy of Braid", Span(file, kind.range), help: "there is nothing to import")
      default:
        report(
          .unknownKind, "this is not a NetworkAttachmentDefinition, and braidctl can import no other Kubernetes object",
          Span(file, kind.range), help: "remove it; if it is a ConfigMap, save the configuration inside as a file of its own")
      }
    } else if Multus.isConfiguration(root) {
      readMultus(root, file)
    } else if Conflist.isOne(root) {
      if let conflist = conflist(root, file) { conflists.append(conflist) }
    } else {
      report(
        .missingKey, "this is neither a CNI configuration nor a NetworkAttachmentDefinition",
        Span(file, root.mapping?.first?.keyRange ?? root.range),
        help: "a configuration has \"type\" or \"plugins\", a definition kind: NetworkAttachmentDefinition")
    }
  }

  private mutating func conflist(_ root: YAMLNode, _ file: SourceFile, defaultName: NetworkName? = nil) -> Conflist? {
    let examination = Conflist.examine(root, in: file, defaultName: defaultName, checks: .errors)
    findings.append(contentsOf: examination.findings)
    guard let conflist = examination.conflist else { return nil }
    for entry in conflist.network.chain where entry.isBraid || Multus.types.contains(entry.type) {
      report(
        .selfDelegation, "\(quoted(entry.type)) cannot be a delegate of Braid", entry.span(of: .init("type")),
        help: entry.isBraid ? "this file already calls Braid" : "give the configuration that it delegates to")
    }
    return conflist
  }

  // MARK: - Multus

  private mutating func readMultus(_ root: YAMLNode, _ file: SourceFile) {
    let own = Multus.own(root)
    var multus = MultusFile(file: file, root: own)
    for (i, delegate) in (own["delegates"]?.value.sequence ?? []).enumerated() {
      let name = try? NetworkName(i == 0 ? "default" : "delegate\(i)")
      if let conflist = conflist(delegate, file, defaultName: name) { multus.delegates.append(conflist) }
    }
    self.multus.append(multus)
    if self.multus.count > 1 {
      report(.duplicateNetwork, "a second Multus configuration", Span(file, root.range), help: "a node has one: give only that")
    }
  }

  // MARK: - NetworkAttachmentDefinitions

  private mutating func definition(_ root: YAMLNode, _ file: SourceFile) {
    let metadata = root["metadata"]?.value
    guard let name = metadata?["name"]?.value.string, !name.isEmpty else {
      return report(.missingKey, "the definition has no metadata.name", Span(file, root["kind"]?.keyRange ?? root.range))
    }
    var notes: [ImportNote] = []
    let nameSpan = Span(file, metadata?["name"]?.value.range ?? root.range)
    let namespace = metadata?["namespace"]?.value.string ?? "default"
    if metadata?["namespace"] == nil {
      notes.append(
        ImportNote(
          "namespace", nameSpan,
          "the definition has none, so default is assumed: correct this if it was applied to another namespace")
      )
    }
    if let resource = metadata?["annotations"]?.value["k8s.v1.cni.cncf.io/resourceName"] {
      notes.append(
        ImportNote(
          "resourceName", Span(file, resource.keyRange),
          "Braid does not ask the kubelet for the device: the Pod must give deviceID in its request, as JSON, or the plugin must find it"
        ))
    }
    guard let network = try? NetworkName("\(namespace).\(name)") else {
      return report(
        .invalidValue, "\(quoted("\(namespace)/\(name)")) cannot name a network", nameSpan,
        help: "a name has letters, digits, \"_\", \".\" and \"-\", and at most 200 characters")
    }
    let config = root["spec"]?.value["config"]
    var conflist: Conflist?
    if let text = config?.value, !text.isNull, text.string?.allSatisfy(\.isWhitespace) != true {
      guard text.string != nil else {
        return report(
          .wrongType, "spec.config must be a string, not \(text.kind)", Span(file, text.range),
          help: "put the JSON into single quotes, or behind config: |")
      }
      guard let root = embedded(text, in: file, title: "\(namespace)/\(name)") else { return }
      conflist = self.conflist(root.node, root.file, defaultName: network)
    }
    definitions.append(Definition(namespace: namespace, name: name, span: nameSpan, conflist: conflist, notes: notes))
  }

  /// Parses a JSON text in a YAML scalar. Its nodes have places in the YAML file if the JSON stands there without quotes or escapes.
  private mutating func embedded(_ scalar: YAMLNode, in file: SourceFile, title: String) -> (node: YAMLNode, file: SourceFile)? {
    let text = scalar.string ?? ""
    let offsets = scalar.range.offsets
    if let open = file.bytes[offsets].firstIndex(of: UInt8(ascii: "{")),
      let close = file.bytes[offsets].lastIndex(of: UInt8(ascii: "}")), open < close
    {
      // If the bytes in the file are the same JSON as the scalar's text, places in the bytes are right for the text.
      let bytes = Array(file.bytes[open...close])
      var ignored = Findings()
      if let json = try? JSON(parsing: bytes), let same = try? JSON(parsing: text), json == same,
        let document = YAMLDocument.single(SourceFile(path: file.path, bytes: bytes), &ignored)
      {
        return (document.root.moved(by: open), file)
      }
    }
    let apart = SourceFile(path: "\(file.path) (spec.config of \(title))", text: text)
    do throws(JSONError) { _ = try JSON(parsing: text) } catch {
      report(.syntax, "spec.config of \(title) is not JSON: \(error)", Span(file, scalar.range))
      return nil
    }
    return YAMLDocument.single(apart, &findings).map { ($0.root, apart) }
  }
}

extension YAMLNode {
  /// The same node with all its places moved by `offset` bytes.
  fileprivate func moved(by offset: Int) -> YAMLNode {
    func move(_ range: SourceRange) -> SourceRange { SourceRange(range.lowerBound + offset..<range.upperBound + offset) }
    let content: Content =
      switch self.content {
      case .scalar: self.content
      case .sequence(let items): .sequence(items.map { $0.moved(by: offset) })
      case .mapping(let pairs):
        .mapping(pairs.map { YAMLPair(key: $0.key, keyRange: move($0.keyRange), value: $0.value.moved(by: offset)) })
      }
    return YAMLNode(content, move(range))
  }
}
