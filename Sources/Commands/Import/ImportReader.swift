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

  /// A NetworkAttachmentDefinition, or a network of OpenShift's network operator.
  struct Definition {
    /// The kind of object, for the comment in the policy.
    var kind = "NetworkAttachmentDefinition"
    let namespace: String
    let name: String
    let span: Span
    /// Nil if the definition refers to a configuration on the node's disk.
    let conflist: Conflist?
    /// Parts of the definition that have no equivalent in a policy.
    var notes: [ImportNote] = []

    var title: String { "\(namespace)/\(name)" }
  }

  /// An object of Kubernetes that is no network.
  struct Passed {
    let kind: String
    let name: String
    let span: Span
  }

  var findings = Findings()
  private(set) var conflists: [Conflist] = []
  private(set) var multus: [MultusFile] = []
  var definitions: [Definition] = []
  private(set) var passed: [Passed] = []

  mutating func read(_ file: SourceFile) {
    guard let documents = YAMLDocument.all(file, &findings) else { return }
    let roots = documents.map(\.root).filter { !$0.isNull }
    if roots.isEmpty { report(.emptyDocument, "the file is empty", Span(file, nil)) }
    for root in roots { read(root, file) }
  }

  /// Whether any file had a network, or something that should have been one.
  var hasNetworks: Bool { !conflists.isEmpty || !multus.isEmpty || !definitions.isEmpty }

  /// Reports the objects that are no networks, if there is nothing else.
  mutating func finish() {
    guard !hasNetworks, !findings.hasErrors else { return }
    for object in passed {
      report(
        .unknownKind, "this is not a NetworkAttachmentDefinition, and braidctl can import no other Kubernetes object",
        object.span,
        help: PassedKind.help(object.kind) ?? "give a file with NetworkAttachmentDefinitions or CNI configurations")
    }
  }

  mutating func report(_ code: DiagnosticCode, _ message: String, _ span: Span, help: String? = nil) {
    findings.append(Diagnostic(code, message, at: span, help: help))
  }

  private mutating func read(_ root: YAMLNode, _ file: SourceFile) {
    if let kind = root["kind"]?.value, let word = kind.string {
      read(root, kind: word, at: kind.range, file)
    } else if Multus.isConfiguration(root) {
      readMultus(root, file)
    } else if Conflist.isOne(root) {
      if let conflist = conflist(root, file) { conflists.append(conflist) }
    } else {
      let isDefinition = root["spec"]?.value["config"] != nil || root["apiVersion"] != nil
      report(
        .missingKey, "this is neither a CNI configuration nor a NetworkAttachmentDefinition",
        Span(file, root.mapping?.first?.keyRange ?? root.range),
        help: isDefinition
          ? "add kind: NetworkAttachmentDefinition"
          : "a configuration has \"type\" or \"plugins\", a definition kind: NetworkAttachmentDefinition")
    }
  }

  private mutating func read(_ root: YAMLNode, kind: String, at range: SourceRange, _ file: SourceFile) {
    let version = root["apiVersion"]?.value.string ?? ""
    switch kind {
    case "NetworkAttachmentDefinition": definition(root, file)
    case "NetworkAttachmentDefinitionList":
      // Items of a typed list need no kind of their own.
      for item in root["items"]?.value.sequence ?? [] {
        if item["kind"] == nil { definition(item, file) } else { read(item, file) }
      }
    case "Network" where version.hasPrefix("operator.openshift.io/"): additionalNetworks(root, file)
    case "Template" where root["objects"] != nil:
      let values = TemplateParameters(root)
      for item in root["objects"]?.value.sequence ?? [] { read(values.filledIn(item), file) }
    case "Policy" where version.hasPrefix("braid/"):
      report(.unknownKind, "this already is a policy of Braid", Span(file, range), help: "there is nothing to import")
    case _ where kind.hasSuffix("List") && root["items"]?.value.sequence != nil:
      for item in root["items"]?.value.sequence ?? [] where item["kind"] != nil || kind == "List" { read(item, file) }
    default:
      if let meant = Suggestion.closest(to: kind, among: ["NetworkAttachmentDefinition", "NetworkAttachmentDefinitionList"]) {
        return report(.unknownKind, "unknown kind \(quoted(kind))", Span(file, range), help: "did you mean \(quoted(meant))?")
      }
      let name = root["metadata"]?.value["name"]?.value.string ?? ""
      passed.append(Passed(kind: kind, name: name, span: Span(file, range)))
    }
  }

  mutating func conflist(_ root: YAMLNode, _ file: SourceFile, defaultName: NetworkName? = nil) -> Conflist? {
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
}

/// Kinds of objects that import passes over.
enum PassedKind {
  /// What to do about an object of the kind. Nil if there is nothing to do.
  static func help(_ kind: String) -> String? {
    switch kind {
    case "ConfigMap", "Secret":
      "if a CNI configuration stands inside, save it as a file of its own and import that"
    case "MultiNetworkPolicy", "NetworkPolicy": "Braid filters no traffic of Pods: keep the program that does"
    default: nil
    }
  }

  /// Whether a node with Braid does something else without the object.
  static func changesBehaviour(_ kind: String) -> Bool { kind == "MultiNetworkPolicy" }
}
