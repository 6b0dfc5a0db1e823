import Diagnostics
import System
import YAML

/// The file in which a policy is kept, open as long as anybody may ask for a part of it.
final class KeptFile: Sendable {
  let file: TrustedFile

  init(_ file: consuming TrustedFile) { self.file = file }

  /// A file of the policy, whose text is kept at an offset.
  func source(_ path: String, _ count: Int, at offset: Int) -> SourceFile {
    SourceFile(path: path) {
      guard let text = self.file.read(count, at: offset) else { return [] }
      defer { withExtendedLifetime(text) {} }
      return [UInt8](text.bytes)
    }
  }
}

/// Finds what a kept policy says about one Pod.
struct KeptPolicyReader: ~Copyable {
  private let file: KeptFile
  private let index: Block
  /// Parts of the index.
  private let subjects: BinaryReader
  private let rules: Table
  private let grants: Table
  private let heads: BinaryReader

  /// Conditions, and the places of what they lead to.
  private struct Table {
    let matches: BinaryReader
    let places: BinaryReader

    init(_ reader: inout BinaryReader) throws(BinaryReader.Damage) {
      matches = try reader.section()
      places = try reader.section()
    }

    func place(_ number: Int) throws(BinaryReader.Damage) -> (file: Int, offset: Int) {
      let word = try places.word(number)
      return (Int(word >> 48), Int(word & 0xffff_ffff_ffff))
    }
  }

  /// The index is at that offset, the bodies behind it.
  static func open(_ kept: KeptFile, index offset: Int) throws(BinaryReader.Damage) -> KeptPolicyReader {
    let index = try Block(kept.file, at: offset)
    var reader = index.reader
    let subjects = try reader.section()
    let (rules, grants) = (try Table(&reader), try Table(&reader))
    let heads = try reader.section()
    return KeptPolicyReader(file: kept, index: index, subjects: subjects, rules: rules, grants: grants, heads: heads)
  }

  /// The rule that matches the Pod alone, and the networks and grants that it can need, in those files that have any of them; nil
  /// where no rule matches, or what the Pod asks for cannot be read.
  func documents(for pod: Pod, _ files: [SourceFile]) throws(BinaryReader.Damage) -> [YAMLDocument]? {
    var subjects = subjects
    let values = try PodValues(pod, &subjects)
    guard let rule = try firstRule(values) else { return nil }
    guard let requests = try? pod.requests(), let first = try? [pod.defaultNetworkRequest()] else { return nil }
    let requested = Set((requests + first.compactMap { $0 }).flatMap { pod.names(for: $0) })
    let attached = (rule.node["attach"]?.value.sequence ?? []).compactMap { $0["network"]?.value.string }
    let wanted = requested.union(attached)
    let grants = requested.isEmpty ? [:] : try grants(of: requested, values)
    var documents: [YAMLDocument] = []
    var heads = heads
    for (i, file) in files.enumerated() {
      var head = try heads.section()
      let root = try YAMLNode(&head)
      var parts: [String: YAMLNode.Content] = [:]
      let networks = try networks(&head, wanted)
      if !networks.isEmpty { parts["networks"] = .mapping(networks) }
      if i == rule.file { parts["rules"] = .sequence([rule.node]) }
      if let grants = grants[i] { parts["requests"] = .sequence(grants) }
      if !parts.isEmpty { documents.append(YAMLDocument(file: file, root: root.filled(parts))) }
    }
    guard heads.isAtEnd else { throw BinaryReader.Damage() }
    return documents
  }

  /// The first rule that matches, with the number of its file.
  private func firstRule(_ values: borrowing PodValues) throws(BinaryReader.Damage) -> (file: Int, node: YAMLNode)? {
    var matches = rules.matches
    var number = 0
    while !matches.isAtEnd {
      if try values.match(&matches) {
        let place = try rules.place(number)
        return (place.file, try body(place.offset))
      }
      number += 1
    }
    return nil
  }

  /// The grants for the Pod's namespace, by the numbers of their files; each cut down to those of its networks that are asked for.
  private func grants(of names: Set<String>, _ values: borrowing PodValues) throws(BinaryReader.Damage) -> [Int: [YAMLNode]] {
    var matches = grants.matches
    var found: [Int: [YAMLNode]] = [:]
    var number = -1
    while !matches.isAtEnd {
      number += 1
      guard try values.match(&matches) else { continue }
      let (file, offset) = try grants.place(number)
      let grant = try body(offset)
      let networks = (grant["networks"]?.value.sequence ?? []).filter { $0.string.map { names.contains($0) } ?? false }
      if !networks.isEmpty { found[file, default: []].append(grant.filled(["networks": .sequence(networks)])) }
    }
    return found
  }

  /// Those of a file's networks that are wanted.
  private func networks(_ table: inout BinaryReader, _ wanted: Set<String>) throws(BinaryReader.Damage) -> [YAMLPair] {
    var pairs: [YAMLPair] = []
    while !table.isAtEnd {
      let name = try table.raw()
      let range = try table.range()
      let offset = try table.number()
      guard let text = wanted.first(where: { name.elementsEqual($0.utf8) }) else { continue }
      pairs.append(YAMLPair(key: text, keyRange: range, value: try body(offset)))
    }
    return pairs
  }

  private func body(_ offset: Int) throws(BinaryReader.Damage) -> YAMLNode {
    try Block.read(file.file, at: index.end + offset) { (reader) throws(BinaryReader.Damage) in try YAMLNode(&reader) }
  }
}

extension YAMLNode {
  /// The mapping with other contents for some keys; without those keys that have an empty list or mapping then.
  fileprivate func filled(_ contents: [String: Content]) -> YAMLNode {
    let pairs = (mapping ?? []).map { pair in
      YAMLPair(
        key: pair.key, keyRange: pair.keyRange, value: YAMLNode(contents[pair.key] ?? pair.value.content, pair.value.range))
    }
    return YAMLNode(.mapping(pairs.filter { !($0.value.mapping?.isEmpty ?? $0.value.sequence?.isEmpty ?? false) }), range)
  }
}
