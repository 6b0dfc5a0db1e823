import Diagnostics
import Policy
import YAML

/// The binary form of a policy: a reader finds one rule in it without reading the others.
///
/// The index holds the conditions of all rules and grants, and the offset of each rule, grant and network among the bodies. A body is
/// a block with the YAML node of one of them.
enum KeptPolicy {
  /// The index, and the bodies. The index counts offsets from the first body.
  static func write(_ documents: [YAMLDocument]) -> (index: [UInt8], bodies: [UInt8]) {
    var bodies = BinaryWriter()
    var subjects = SubjectList()
    var (rules, grants) = (Table(), Table())
    var files = BinaryWriter()
    for (number, document) in documents.enumerated() {
      let root = document.root
      for node in root["rules"]?.value.sequence ?? [] {
        rules.add(MatchDecoder.match(node["match"]?.value), &subjects, file: number, offset: bodies.block(node))
      }
      for node in root["requests"]?.value.sequence ?? [] {
        let globs = MatchDecoder.globs(node["namespaces"]?.value.sequence ?? [])
        grants.add(RequestGrant.match(globs), &subjects, file: number, offset: bodies.block(node))
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

  /// The conditions of rules or grants, in the order of the policy, and the places of their bodies.
  private struct Table {
    var matches = BinaryWriter()
    /// A word for each match: the number of the file in the highest 16 bits, the offset in the others. They are apart from the
    /// matches because a search reads all matches but one place.
    var places = BinaryWriter()

    mutating func add(_ match: Match, _ subjects: inout SubjectList, file: Int, offset: Int) {
      match.write(to: &matches, &subjects)
      places.word(UInt64(file) << 48 | UInt64(offset))
    }
  }

  /// A file's root node, with empty lists in the place of its networks, rules and requests.
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
  /// Writes a node as a block and returns the block's offset.
  fileprivate mutating func block(_ node: YAMLNode) -> Int {
    let start = bytes.count
    var writer = BinaryWriter()
    node.write(to: &writer)
    ChecksummedBlock.write(writer.bytes, to: &self)
    return start
  }
}
