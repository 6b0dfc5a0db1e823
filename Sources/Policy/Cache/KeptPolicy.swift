import Diagnostics
import YAML

/// The nodes of a policy's files in such an order that a reader finds one rule without reading the others.
///
/// An index has the conditions of all rules, and where each rule, network and grant lies among the bodies: blocks of one node each.
enum KeptPolicy {
  /// The index, and the bodies that it counts from 0.
  static func write(_ documents: [YAMLDocument]) -> (index: [UInt8], bodies: [UInt8]) {
    var bodies = BinaryWriter()
    var subjects = Subject.List()
    var (rules, grants, files) = (BinaryWriter(), BinaryWriter(), BinaryWriter())
    for (number, document) in documents.enumerated() {
      let root = document.root
      for node in root["rules"]?.value.sequence ?? [] {
        rules.number(number)
        rules.number(bodies.block(node))
        MatchDecoder.match(node["match"]?.value).write(to: &rules, &subjects)
      }
      for node in root["requests"]?.value.sequence ?? [] {
        grants.number(number)
        grants.number(bodies.block(node))
        let globs = MatchDecoder.globs(node["namespaces"]?.value.sequence ?? [])
        Match(conditions: [.namespaces(globs)]).write(to: &grants, &subjects)
      }
      files.section { writer in
        head(root).write(to: &writer)
        for pair in root["networks"]?.value.mapping ?? [] {
          writer.text(pair.key)
          writer.range(pair.keyRange)
          writer.number(bodies.block(pair.value))
        }
      }
    }
    var index = BinaryWriter()
    index.section { subjects.write(to: &$0) }
    for part in [rules, grants, files] { index.section { $0.raw(part.bytes) } }
    return (index.bytes, bodies.bytes)
  }

  /// What is left of a file's node once its networks, rules and requests are taken out.
  private static func head(_ root: YAMLNode) -> YAMLNode {
    let pairs = (root.mapping ?? []).map { pair in
      let content: YAMLNode.Content =
        switch pair.key {
        case "networks": .mapping([])
        case "rules", "requests": .sequence([])
        default: pair.value.content
        }
      return YAMLPair(key: pair.key, keyRange: pair.keyRange, value: YAMLNode(content, pair.value.range))
    }
    return YAMLNode(.mapping(pairs), root.range)
  }
}

extension BinaryWriter {
  /// Writes a node as a block; where it starts.
  fileprivate mutating func block(_ node: YAMLNode) -> Int {
    let start = bytes.count
    var writer = BinaryWriter()
    node.write(to: &writer)
    Block.write(writer.bytes, to: &self)
    return start
  }
}
