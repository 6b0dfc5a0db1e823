import Diagnostics
import Glibc
import YAML

/// The nodes of a policy's files in such an order that a reader finds one rule without reading the others.
struct CachedPolicy {
  /// What is left of a file's node once its networks and rules are taken out.
  private struct Head {
    let root: YAMLNode
    /// By their offsets, in the order of the text.
    var networks: [(name: String, keyRange: SourceRange, offset: Int)] = []
  }

  private let bytes: UnsafeRawBufferPointer
  private var heads: [Head] = []
  private var subjects: [RuleFilter.Subject] = []
  /// Where the filters of the rules start, and how many there are.
  private let filters: (offset: Int, count: Int)

  // MARK: - Writing

  static func write(_ documents: [YAMLDocument], to writer: inout BinaryWriter) {
    var subjects: [RuleFilter.Subject: Int] = [:]
    var rules: [(file: Int, offset: Int, match: Match)] = []
    writer.number(documents.count)
    for (file, document) in documents.enumerated() {
      head(document.root).write(to: &writer)
      let networks = document.root["networks"]?.value.mapping ?? []
      writer.number(networks.count)
      let table = networks.map { pair in
        writer.text(pair.key)
        writer.range(pair.keyRange)
        writer.number(0)
        return writer.bytes.count - 4
      }
      for (slot, pair) in zip(table, networks) {
        writer.replace(at: slot, writer.bytes.count)
        pair.value.write(to: &writer)
      }
      let items = document.root["rules"]?.value.sequence ?? []
      // The length of what follows, so that it can be skipped.
      let length = writer.bytes.count
      writer.number(0)
      for node in items {
        rules.append((file, writer.bytes.count, MatchDecoder.match(node["match"]?.value)))
        node.write(to: &writer)
      }
      writer.replace(at: length, writer.bytes.count)
    }
    var filters = BinaryWriter()
    for rule in rules {
      filters.number(rule.file)
      filters.number(rule.offset)
      RuleFilter.write(rule.match, to: &filters, &subjects)
    }
    writer.number(subjects.count)
    for (subject, _) in subjects.sorted(by: { $0.value < $1.value }) {
      writer.byte(subject.kind.rawValue)
      writer.text(subject.name)
    }
    writer.number(rules.count)
    writer.raw(filters.bytes)
  }

  private static func head(_ root: YAMLNode) -> YAMLNode {
    let pairs = (root.mapping ?? []).map { pair in
      let empty: YAMLNode.Content? = pair.key == "networks" ? .mapping([]) : pair.key == "rules" ? .sequence([]) : nil
      return empty.map { YAMLPair(key: pair.key, keyRange: pair.keyRange, value: YAMLNode($0, pair.value.range)) } ?? pair
    }
    return YAMLNode(.mapping(pairs), root.range)
  }

  // MARK: - Reading

  init(_ bytes: UnsafeRawBufferPointer, _ reader: inout BinaryReader) throws(BinaryReader.Damage) {
    self.bytes = bytes
    for _ in 0..<(try reader.number()) {
      var head = Head(root: try YAMLNode(&reader))
      for _ in 0..<(try reader.number()) {
        let name = try reader.text()
        let range = try reader.range()
        head.networks.append((name, range, try reader.number()))
      }
      // Behind the networks' nodes.
      if let last = head.networks.last {
        reader.offset = last.offset
        _ = try YAMLNode(&reader)
      }
      reader.offset = try reader.number()
      heads.append(head)
    }
    for _ in 0..<(try reader.number()) {
      guard let kind = RuleFilter.Subject.Kind(rawValue: try reader.byte()) else { throw BinaryReader.Damage() }
      subjects.append(.init(kind: kind, name: try reader.text()))
    }
    let count = try reader.number()
    filters = (reader.offset, count)
  }

  /// The files with the rule that matches the Pod alone, and the networks that it can need; nil where no rule matches.
  func documents(for pod: Pod, _ files: [SourceFile]) throws(BinaryReader.Damage) -> [YAMLDocument]? {
    guard heads.count == files.count, let (owner, rule) = try match(pod) else { return nil }
    var wanted = Set((rule["attach"]?.value.sequence ?? []).compactMap { $0["network"]?.value.string })
    let asks = [RequestAnnotation.networks, .defaultNetwork].contains { pod.annotations[$0.rawValue] != nil }
    if asks {
      for head in heads {
        for request in head.root["requests"]?.value.sequence ?? [] {
          wanted.formUnion((request["networks"]?.value.sequence ?? []).compactMap(\.string))
        }
      }
    }
    var documents: [YAMLDocument] = []
    for (i, head) in heads.enumerated() {
      var pairs: [YAMLPair] = []
      for pair in head.root.mapping ?? [] {
        var content = pair.value.content
        switch pair.key {
        case "networks": content = .mapping(try networks(of: head, wanted))
        case "rules": content = .sequence(i == owner ? [rule] : [])
        case "requests" where !asks: content = .sequence([])
        default: break
        }
        pairs.append(YAMLPair(key: pair.key, keyRange: pair.keyRange, value: YAMLNode(content, pair.value.range)))
      }
      // An empty list that was not empty says nothing.
      pairs.removeAll { ["networks", "rules", "requests"].contains($0.key) && $0.value.isEmpty }
      documents.append(YAMLDocument(file: files[i], root: YAMLNode(.mapping(pairs), head.root.range)))
    }
    return documents
  }

  private func networks(of head: Head, _ wanted: Set<String>) throws(BinaryReader.Damage) -> [YAMLPair] {
    var pairs: [YAMLPair] = []
    for network in head.networks where wanted.contains(network.name) {
      var reader = BinaryReader(bytes, at: network.offset)
      pairs.append(YAMLPair(key: network.name, keyRange: network.keyRange, value: try YAMLNode(&reader)))
    }
    return pairs
  }

  /// The first rule that matches, with the number of its file.
  private func match(_ pod: Pod) throws(BinaryReader.Damage) -> (file: Int, rule: YAMLNode)? {
    let values = RuleFilter.Values(subjects, of: pod)
    var reader = BinaryReader(bytes, at: filters.offset)
    for _ in 0..<filters.count {
      let file = try reader.number()
      let offset = try reader.number()
      guard try values.pass(&reader) else { continue }
      var body = BinaryReader(bytes, at: offset)
      let rule = try YAMLNode(&body)
      if MatchDecoder.match(rule["match"]?.value).matches(pod) { return (file, rule) }
    }
    return nil
  }
}

extension YAMLNode {
  fileprivate var isEmpty: Bool { mapping?.isEmpty ?? sequence?.isEmpty ?? false }
}
