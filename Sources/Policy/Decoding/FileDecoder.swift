import CNI
import Diagnostics
import JSON
import YAML

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
      disableCheck: pair.value["disableCheck"]?.value.bool ?? false, disableGC: pair.value["disableGC"]?.value.bool ?? false,
      isRequired: pair.value["required"]?.value.bool ?? false,
      ignoredCapabilities: (pair.value["ignoreCapabilities"]?.value.sequence ?? [])
        .compactMap { $0.string.flatMap(Capability.init(rawValue:)) })
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
}
