import CNI
import Diagnostics
import JSON
import Policy
import YAML

/// Makes one policy of the contents of all files.
struct Importer {
  private let source: ImportReader
  private(set) var findings = Findings()
  private(set) var networks: [ImportedNetwork] = []
  private(set) var requests: [ImportedRequest] = []
  /// Notes that belong to no network.
  private(set) var notes: [ImportNote] = []
  /// The name of the Pods' default network.
  private(set) var first: String?
  /// The networks that every Pod gets beside the default network.
  private(set) var others: [String] = []
  /// The namespaces whose Pods do not get `others`.
  private(set) var systemNamespaces: [String] = []
  private var names: Set<String> = []
  /// Definitions that are the same in several namespaces: their common network, as an index in `networks`, by the definitions' name.
  private var shared: [String: Int] = [:]

  init(_ source: ImportReader) { self.source = source }

  /// The objects that are no networks.
  var passed: [ImportReader.Passed] { source.passed }

  mutating func run() {
    for conflist in source.conflists { add(conflist, origin: origin(of: conflist)) }
    first = networks.first?.name
    addDefinitions()
    if let multus = source.multus.first { addMultus(multus) }
    for i in networks.indices {
      let note = networks[i].name == first ? networks[i].hairpinNote : networks[i].defaultRouteNote
      if let note { networks[i].notes.append(note) }
    }
  }

  private func origin(of conflist: Conflist) -> String {
    let kind = conflist.root["plugins"] == nil ? "configuration" : "configuration list"
    return "The \(kind) at \(Span(conflist.file, conflist.root.range).description)"
  }

  /// Adds a network under a free name and returns this name.
  @discardableResult
  private mutating func add(_ conflist: Conflist, named wanted: String? = nil, origin: String, notes: [ImportNote] = []) -> String
  {
    let wanted = wanted ?? conflist.network.name.text
    var name = wanted
    var number = 2
    while !names.insert(name).inserted {
      name = "\(wanted)-\(number)"
      number += 1
    }
    var all = notes
    let own = conflist.root["name"]?.value
    let keeper = conflist.network.chain.first { $0.ipamFacts?.reservesUnderNetworkName ?? false }?.ipamType
    if let text = own?.string, text != name, let keeper {
      all.append(
        ImportNote(
          "name", Span(conflist.file, own?.range),
          "was \(quoted(text)), and \(keeper) keeps the addresses of running Pods under that name: drain the node before the switch, "
            + "or addresses may be given out twice"))
    }
    networks.append(ImportedNetwork(conflist, name: name, origin: origin, notes: all))
    return name
  }

  // MARK: - Definitions

  private mutating func addDefinitions() {
    let named = Dictionary(grouping: source.definitions, by: \.name)
    var seen: [String: Span] = [:]
    for definition in source.definitions {
      if let other = seen.updateValue(definition.span, forKey: definition.title) {
        findings.append(
          Diagnostic(
            .duplicateNetwork, "the definition \(definition.title) occurs twice", at: definition.span,
            secondary: [.init(other, "first here")], help: "remove one of them"))
        continue
      }
      guard let conflist = definition.conflist else {
        addByName(definition)
        continue
      }
      let twins = (named[definition.name] ?? []).filter { $0.conflist.map { $0.isSame(as: conflist) } ?? false }
      if twins.count > 1, addShared(definition, conflist) { continue }
      let name = "\(definition.namespace).\(definition.name)"
      allow(add(conflist, named: name, origin: origin(of: definition), notes: definition.notes), definition)
    }
  }

  /// Makes one network of definitions that are the same in several namespaces: several networks would give out the same addresses
  /// twice. False if the network's name is taken.
  private mutating func addShared(_ definition: ImportReader.Definition, _ conflist: Conflist) -> Bool {
    if let i = shared[definition.name], networks[i].conflist.isSame(as: conflist) {
      networks[i].origins.append("\(origin(of: definition)), the same")
      networks[i].notes += definition.notes
      allow(networks[i].name, definition)
      return true
    }
    guard !names.contains(definition.name) else { return false }
    shared[definition.name] = networks.count
    allow(add(conflist, named: definition.name, origin: origin(of: definition), notes: definition.notes), definition)
    return true
  }

  private func origin(of definition: ImportReader.Definition) -> String {
    "The \(definition.kind) \(definition.title) at \(definition.span.description)"
  }

  /// Adds a definition without a configuration: it refers to the configuration of the same name on the node's disk.
  private mutating func addByName(_ definition: ImportReader.Definition) {
    guard names.contains(definition.name) else {
      findings.append(
        Diagnostic(
          .unknownNetwork,
          "the definition \(definition.title) has no spec.config, and no file has a network \(quoted(definition.name))",
          at: definition.span, help: "give the node's file with this network to import too"))
      return
    }
    allow(definition.name, definition)
    if let i = networks.firstIndex(where: { $0.name == definition.name }) {
      networks[i].origins.append(
        "\(origin(of: definition)) refers to it")
    }
  }

  private mutating func allow(_ network: String, _ definition: ImportReader.Definition) {
    let namespace = isGlobal(definition.namespace) ? "*" : definition.namespace
    if let i = requests.firstIndex(where: { $0.namespaces == [namespace] }) {
      requests[i].networks.append(network)
    } else {
      requests.append(ImportedRequest(namespaces: [namespace], networks: [network]))
    }
  }

  /// Whether Multus lets every namespace use the definitions of this namespace in spite of isolation.
  private func isGlobal(_ namespace: String) -> Bool {
    guard let root = source.multus.first?.root, isIsolated else { return false }
    let given = root["globalNamespaces"]?.value.string ?? "default"
    return given.split(separator: ",").contains { $0.trimmingPrefix(while: \.isWhitespace) == namespace }
  }

  /// Whether a namespace may only use its own definitions.
  var isIsolated: Bool { source.multus.first?.root["namespaceIsolation"]?.value.bool ?? false }
  var hasDefinitions: Bool { !source.definitions.isEmpty }

  // MARK: - Multus

  private mutating func addMultus(_ multus: ImportReader.MultusFile) {
    for (i, delegate) in multus.delegates.enumerated() {
      let name = add(delegate, origin: "The delegate at \(Span(multus.file, delegate.root.range).description)")
      if i == 0 { first = name } else { others.append(name) }
    }
    if let cluster = multus.root["clusterNetwork"]?.value, let name = resolve(cluster, multus) { first = name }
    for node in multus.root["defaultNetworks"]?.value.sequence ?? [] {
      if let name = resolve(node, multus) { others.append(name) }
    }
    if !others.isEmpty {
      let given = multus.root["systemNamespaces"]?.value.sequence?.compactMap(\.string) ?? ["kube-system"]
      // A text that cannot be a namespace's name matches no namespace.
      systemNamespaces = given.filter { (try? NetworkName($0)) != nil }
    }
    for pair in multus.root.mapping ?? [] where !MultusKeys.read.contains(pair.key) {
      if pair.key == "globalNamespaces", isIsolated { continue }
      if pair.key == "systemNamespaces", !others.isEmpty { continue }
      let text = MultusKeys.notes[pair.key] ?? "Braid does not know this key of Multus"
      notes.append(ImportNote(pair.key, Span(multus.file, pair.keyRange), text))
    }
    if first == nil {
      findings.append(
        Diagnostic(
          .noRules, "Multus's default network is in none of the files", at: Span(multus.file, multus.root.range),
          help: "give the runtime's other configuration to import too, such as /etc/cni/net.d/10-flannel.conflist"))
    }
  }

  /// The network that Multus means by this text: a network's name, a definition's name, or a file. Nil, with a finding, if there is none.
  private mutating func resolve(_ node: YAMLNode, _ multus: ImportReader.MultusFile) -> String? {
    let text = node.string ?? ""
    let last = text.split(separator: "/").last.map(String.init) ?? text
    if names.contains(text) { return text }
    let system = multus.root["multusNamespace"]?.value.string ?? "kube-system"
    for name in ["\(system).\(text)", text.split(separator: "/").joined(separator: ".")] where names.contains(name) {
      return name
    }
    if let network = networks.first(where: { $0.conflist.file.path.split(separator: "/").last.map(String.init) == last }) {
      return network.name
    }
    findings.append(
      Diagnostic(
        .unknownNetwork, "Multus's network \(quoted(text)) is in none of the files", at: Span(multus.file, node.range),
        help: "give its file to import too"))
    return nil
  }
}

extension Conflist {
  /// Whether both have the same chain, and it is called in the same way.
  fileprivate func isSame(as other: Conflist) -> Bool {
    network.chain.map(\.configuration) == other.network.chain.map(\.configuration)
      && network.cniVersion == other.network.cniVersion
      && network.disableCheck == other.network.disableCheck && network.disableGC == other.network.disableGC
  }
}
