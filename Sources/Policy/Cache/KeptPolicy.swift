import Diagnostics
import YAML

/// The nodes of a policy's files in such an order that a reader finds one rule without reading the others.
///
/// An index has the conditions of all rules and grants, and where each of them and each network lies among the bodies: blocks of one
/// node each.
enum KeptPolicy {
  /// The index, and the bodies that it counts from 0.
  static func write(_ documents: [YAMLDocument]) -> (index: [UInt8], bodies: [UInt8]) {
    var bodies = BinaryWriter()
    var subjects = Subject.List()
    var (rules, grants) = (Table(), Table())
    var files = BinaryWriter()
    for (number, document) in documents.enumerated() {
      let root = document.root
      for node in root["rules"]?.value.sequence ?? [] {
        rules.add(MatchDecoder.match(node["match"]?.value), &subjects, file: number, offset: bodies.block(node))
      }
      for node in root["requests"]?.value.sequence ?? [] {
        let globs = MatchDecoder.globs(node["namespaces"]?.value.sequence ?? [])
        grants.add(Match(conditions: [.namespaces(globs)]), &subjects, file: number, offset: bodies.block(node))
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
    for part in [rules.matches, rules.places, grants.matches, grants.places, files] { index.section { $0.raw(part.bytes) } }
    return (index.bytes, bodies.bytes)
  }

  /// What conditions lead to, in the order of the policy.
  private struct Table {
    var matches = BinaryWriter()
    /// A word each, so that they are in nobody's way: the number of the file in the highest 16 bits, the offset in the others.
    var places = BinaryWriter()

    mutating func add(_ match: Match, _ subjects: inout Subject.List, file: Int, offset: Int) {
      match.write(to: &matches, &subjects)
      places.word(UInt64(file) << 48 | UInt64(offset))
    }
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
