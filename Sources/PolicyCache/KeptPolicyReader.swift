import Diagnostics
import Policy
import System
import YAML

/// The open file of a kept policy. Sources of findings read their text from it later, so it is shared.
final class KeptFile: Sendable {
  let file: TrustedFile

  init(_ file: consuming TrustedFile) { self.file = file }

  /// A file of the policy. A copy of its text lies at an offset of the kept file.
  func source(_ path: String, _ count: Int, at offset: Int) -> SourceFile {
    SourceFile(path: path) {
      guard let text = self.file.read(count, at: offset) else { return [] }
      defer { withExtendedLifetime(text) {} }
      return [UInt8](text.bytes)
    }
  }
}

/// Finds the part of a kept policy that is about one Pod.
struct KeptPolicyReader: ~Copyable {
  private let file: KeptFile
  private let index: ChecksummedBlock
  /// The parts of the index.
  private let subjects: BinaryReader
  private let rules: Table
  private let grants: Table
  private let heads: BinaryReader

  /// The matches of rules or grants, and the places of their bodies.
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

  /// Reads the index, which is at that offset. The bodies follow it.
  static func open(_ kept: KeptFile, index offset: Int) throws(BinaryReader.Damage) -> KeptPolicyReader {
    let index = try ChecksummedBlock(kept.file, at: offset)
    var reader = index.reader
    let subjects = try reader.section()
    let (rules, grants) = (try Table(&reader), try Table(&reader))
    let heads = try reader.section()
    return KeptPolicyReader(file: kept, index: index, subjects: subjects, rules: rules, grants: grants, heads: heads)
  }

  /// Documents with nothing but the Pod's rule, and the networks and grants that the Pod can need.
  ///
  /// Files without any of these are left out. Nil if no rule matches, or the Pod's requests cannot be read.
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

  /// The first rule that matches, and the number of its file.
  private func firstRule(_ values: borrowing PodValues) throws(BinaryReader.Damage) -> (file: Int, node: YAMLNode)? {
    var matches = rules.matches
    guard let number = try Matcher.firstMatch(&matches, values) else { return nil }
    let place = try rules.place(number)
    return (place.file, try body(place.offset))
  }

  /// The grants for the Pod, by the numbers of their files. Of their networks only those are left that the Pod asks for.
  private func grants(of names: Set<String>, _ values: borrowing PodValues) throws(BinaryReader.Damage) -> [Int: [YAMLNode]] {
    var matches = grants.matches
    var found: [Int: [YAMLNode]] = [:]
    var number = 0
    while let skipped = try Matcher.firstMatch(&matches, values) {
      number += skipped
      let (file, offset) = try grants.place(number)
      number += 1
      let grant = try body(offset)
      let networks = (grant["networks"]?.value.sequence ?? []).filter { $0.string.map { names.contains($0) } ?? false }
      if !networks.isEmpty { found[file, default: []].append(grant.filled(["networks": .sequence(networks)])) }
    }
    return found
  }

  /// The wanted ones among a file's networks.
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
    try ChecksummedBlock.read(file.file, at: index.end + offset) { (reader) throws(BinaryReader.Damage) in try YAMLNode(&reader) }
  }
}

extension YAMLNode {
  /// The mapping with other contents for some keys, and without the keys whose list or mapping is empty then.
  fileprivate func filled(_ contents: [String: Content]) -> YAMLNode {
    let pairs = (mapping ?? []).map { pair in
      YAMLPair(
        key: pair.key, keyRange: pair.keyRange, value: YAMLNode(contents[pair.key] ?? pair.value.content, pair.value.range))
    }
    return YAMLNode(.mapping(pairs.filter { !($0.value.mapping?.isEmpty ?? $0.value.sequence?.isEmpty ?? false) }), range)
  }
}
