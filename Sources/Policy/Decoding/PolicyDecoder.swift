import CNI
import Diagnostics
import JSON
import NetworkTypes
import PluginModel
import YAML

/// Builds a draft of the policy from documents, and reports every mistake in their shape.
///
/// The draft leaves out wrong parts, so that the checks of the meaning can run on the rest.
struct PolicyDecoder {
  private(set) var draft = PolicyDraft()
  var findings = Findings()

  mutating func add(_ document: YAMLDocument) {
    var checker = ShapeChecker(document.file)
    checker.check(document.root, .object(Self.shape(of: document.root)), what: "a policy")
    findings.append(contentsOf: checker.findings)
    draft.files.append(document.file)
    // Nobody knows what the keys mean in another version.
    if let version = document.root["apiVersion"]?.value.string, version != "braid/v1" {
      draft.isPartial = true
      return
    }
    if document.root["rules"]?.value.sequence == nil, document.root["rules"] != nil || document.root.mapping == nil {
      draft.isPartial = true
    }
    // The rules are probably under a misspelt key, which has been reported.
    if document.root["rules"] == nil,
      Suggestion.closest(to: "rules", among: document.root.mapping?.prefix(50).map(\.key) ?? []) != nil
    {
      draft.isPartial = true
    }
    var reader = FileDecoder(file: document.file)
    for pair in document.root["networks"]?.value.mapping ?? [] {
      if let network = reader.network(pair) { draft.networks.append(network) }
    }
    for node in document.root["rules"]?.value.sequence ?? [] { draft.rules.append(reader.rule(node)) }
    for node in document.root["requests"]?.value.sequence ?? [] { draft.requests.append(reader.request(node)) }
    findings.append(contentsOf: reader.findings)
  }
}

extension PolicyDecoder {
  /// The shape to check a document against. A document of Multus is checked only for `apiVersion` and `kind`: findings about its
  /// other keys would hide the advice to import it.
  private static func shape(of root: YAMLNode) -> Shape {
    let policy = PolicyTable.policy
    guard root["kind"]?.value.string == PolicyText.definition else { return policy }
    let head = policy.keys.filter { ["apiVersion", "kind"].contains($0.name) }
    return Shape(id: policy.id, name: policy.name, doc: policy.doc, keys: head, isOpen: true)
  }
}

/// The content of the files before the checks of its meaning. Wrong values are nil.
struct PolicyDraft {
  struct Rule {
    let node: YAMLNode
    let file: SourceFile
    let name: String?
    let nameRange: SourceRange
    let match: Match
    let attach: [Attach]
  }

  struct Attach {
    let range: SourceRange
    /// The attachment's mapping, for the places of its keys.
    let node: YAMLNode
    let network: Named<NetworkName>?
    let interface: Named<InterfaceName>?
    let defaultRoute: Named<DefaultRouteClaim>?
    let options: AttachmentOptions
    let inResult: Named<Bool>?
  }

  /// The value of `defaultRoute`.
  enum DefaultRouteClaim {
    case none
    case families([AddressFamily])

    var families: [AddressFamily] { if case .families(let families) = self { families } else { [] } }
  }

  /// A value with its place.
  struct Named<Value> {
    let value: Value
    let range: SourceRange
  }

  struct Request {
    let file: SourceFile
    let range: SourceRange
    let namespaces: [Glob]
    let networks: [Named<NetworkName>]
  }

  /// Whether rules are missing because their file or list cannot be read. Checks that need all rules are then skipped.
  var isPartial = false
  /// Whether the draft was made from a runtime's configuration list, where Braid itself may be a plugin.
  var isForRuntime = false
  var files: [SourceFile] = []
  var networks: [Network] = []
  var rules: [Rule] = []
  var requests: [Request] = []
}

/// Decodes the nodes of one file. It skips wrong values silently, because the shape checker has reported them.
struct FileDecoder {
  let file: SourceFile
  /// The findings of the conversion to JSON.
  var findings = Findings()

  init(file: SourceFile) { self.file = file }

  mutating func network(_ pair: YAMLPair) -> Network? {
    guard let name = try? NetworkName(pair.key) else { return nil }
    var chain: [ChainEntry] = []
    for node in pair.value["chain"]?.value.sequence ?? [] {
      if let entry = entry(node) { chain.append(entry) }
    }
    return Network(
      name: name, span: Span(file, pair.keyRange), chain: chain,
      cniVersion: pair.value["cniVersion"]?.value.string.flatMap { SpecVersion(rawValue: $0) },
      disableCheck: pair.value["disableCheck"]?.value.bool ?? false, disableGC: pair.value["disableGC"]?.value.bool ?? false)
  }

  /// Nil if the node is not a mapping.
  mutating func entry(_ node: YAMLNode) -> ChainEntry? {
    guard let pairs = node.mapping else { return nil }
    return ChainEntry(type: node["type"]?.value.string ?? "", configuration: json(pairs), file: file, node: node)
  }

  mutating func json(_ pairs: [YAMLPair]) -> JSONObject {
    var conversion = JSONConversion(file: file)
    defer { findings.append(contentsOf: conversion.findings) }
    return conversion.object(pairs)
  }

  mutating func rule(_ node: YAMLNode) -> PolicyDraft.Rule {
    let name = node["name"]?.value
    var attach: [PolicyDraft.Attach] = []
    for entry in node["attach"]?.value.sequence ?? [] { attach.append(self.attach(entry)) }
    let first = node.mapping?.first?.keyRange ?? node.range
    return PolicyDraft.Rule(
      node: node, file: file, name: name?.string, nameRange: name?.range ?? first,
      match: MatchDecoder.match(node["match"]?.value),
      attach: attach)
  }

  func request(_ node: YAMLNode) -> PolicyDraft.Request {
    let networks = node["networks"]?.value.sequence ?? []
    return PolicyDraft.Request(
      file: file, range: node.mapping?.first?.keyRange ?? node.range,
      namespaces: MatchDecoder.globs(node["namespaces"]?.value.sequence ?? []),
      networks: networks.compactMap { node in
        node.string.flatMap { try? NetworkName($0) }.map { .init(value: $0, range: node.range) }
      })
  }
}
