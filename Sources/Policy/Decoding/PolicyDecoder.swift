import CNI
import Diagnostics
import NetworkTypes
import YAML

/// Builds the model from documents, and reports everything that is wrong with their shape on the way.
///
/// What is wrong is left out of the model, so that the checks of the meaning can still run on the rest.
struct PolicyDecoder {
  private(set) var draft = PolicyDraft()
  var findings = Findings()

  mutating func add(_ document: YAMLDocument) {
    var checker = ShapeChecker(document.file)
    checker.check(document.root, .object(PolicyTable.policy), what: "a policy")
    findings.append(contentsOf: checker.findings)
    draft.files.append(document.file)
    // Another version's keys mean what we do not know.
    guard document.root["apiVersion"]?.value.string == "braid/v1" else { return }
    let reader = FileDecoder(file: document.file)
    for pair in document.root["networks"]?.value.mapping ?? [] {
      if let network = reader.network(pair, &findings) { draft.networks.append(network) }
    }
    for node in document.root["rules"]?.value.sequence ?? [] { draft.rules.append(reader.rule(node)) }
    for node in document.root["requests"]?.value.sequence ?? [] { draft.requests.append(reader.request(node)) }
  }
}

/// What the files say, before anything is known about its meaning. Values that are wrong are nil.
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
    let network: Named<NetworkName>?
    let interface: Named<InterfaceName>?
    let defaultRoute: Named<Bool>?
  }

  /// A value and its place.
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

  var files: [SourceFile] = []
  var networks: [Network] = []
  var rules: [Rule] = []
  var requests: [Request] = []
}

/// Reads the nodes of one file, whose shape has been reported already.
struct FileDecoder {
  let file: SourceFile

  func network(_ pair: YAMLPair, _ findings: inout Findings) -> Network? {
    guard let name = try? NetworkName(pair.key) else { return nil }
    var chain: [ChainEntry] = []
    for node in pair.value["chain"]?.value.sequence ?? [] {
      guard let pairs = node.mapping else { continue }
      var conversion = JSONConversion(file: file)
      let configuration = conversion.object(pairs)
      findings.append(contentsOf: conversion.findings)
      chain.append(ChainEntry(type: node["type"]?.value.string ?? "", configuration: configuration, file: file, node: node))
    }
    return Network(
      name: name, span: Span(file, pair.keyRange), chain: chain,
      cniVersion: pair.value["cniVersion"]?.value.string.flatMap { SpecVersion(rawValue: $0) },
      disableCheck: pair.value["disableCheck"]?.value.bool ?? false, disableGC: pair.value["disableGC"]?.value.bool ?? false)
  }

  func rule(_ node: YAMLNode) -> PolicyDraft.Rule {
    let name = node["name"]?.value
    return PolicyDraft.Rule(
      node: node, file: file, name: name?.string, nameRange: name?.range ?? node.range, match: match(node["match"]?.value),
      attach: node["attach"]?.value.sequence?.map { attach($0) } ?? [])
  }

  private func match(_ node: YAMLNode?) -> Match {
    var conditions: [Condition] = []
    if let globs = node?["namespaces"]?.value.sequence { conditions.append(.namespaces(self.globs(globs))) }
    if let globs = node?["pods"]?.value.sequence { conditions.append(.pods(self.globs(globs))) }
    for pair in node?["annotations"]?.value.mapping ?? [] {
      if let text = pair.value.string, let glob = Glob(value: text) { conditions.append(.annotation(pair.key, glob)) }
    }
    return Match(conditions: conditions)
  }

  private func globs(_ nodes: [YAMLNode]) -> [Glob] { nodes.compactMap { node in node.string.flatMap { try? Glob($0) } } }

  private func attach(_ node: YAMLNode) -> PolicyDraft.Attach {
    PolicyDraft.Attach(
      range: node.range,
      network: named(node["network"]) { try? NetworkName($0) },
      interface: named(node["interface"]) { try? InterfaceName($0) },
      defaultRoute: node["defaultRoute"].flatMap { pair in pair.value.bool.map { .init(value: $0, range: pair.value.range) } })
  }

  func request(_ node: YAMLNode) -> PolicyDraft.Request {
    let networks = node["networks"]?.value.sequence ?? []
    return PolicyDraft.Request(
      file: file, range: node.range, namespaces: globs(node["namespaces"]?.value.sequence ?? []),
      networks: networks.compactMap { node in
        node.string.flatMap { try? NetworkName($0) }.map { .init(value: $0, range: node.range) }
      })
  }

  private func named<Value>(_ pair: YAMLPair?, _ parse: (String) -> Value?) -> PolicyDraft.Named<Value>? {
    guard let pair, let value = pair.value.string.flatMap(parse) else { return nil }
    return .init(value: value, range: pair.value.range)
  }
}
