import JSON

extension Importer {
  /// The policy, with a comment for every key that has no equivalent.
  func text(sources: [String]) -> String {
    var out = YAMLText()
    out.comment("Made by braidctl import from \(sources.joined(separator: ", ")).")
    out.comment("Read the comments. Then run braidctl validate, and braidctl explain with one of your Pods.")
    if first == nil {
      out.comment(
        "There are no rules, because no file had the Pods' default network. Put this file into a policy directory, beside a file with rules."
      )
    }
    if !notes.isEmpty {
      out.comment("These keys of Multus's configuration have no equivalent in a policy:")
      for note in notes { out.comment("- \(note.line)") }
    }
    writePassed(to: &out)
    out.line("apiVersion: braid/v1")
    out.line("kind: Policy")
    out.line("")
    out.line("networks:")
    let given = Set(requests.flatMap(\.networks) + others + [first].compactMap { $0 })
    for (i, network) in networks.enumerated() {
      if i > 0 { out.line("") }
      write(network, isGiven: given.contains(network.name), to: &out)
    }
    writeRules(to: &out)
    writeRequests(to: &out)
    return out.text
  }

  /// How many objects of a kind are named one by one.
  private static let named = 5

  private func writePassed(to out: inout YAMLText) {
    guard !passed.isEmpty else { return }
    out.comment("These objects are no networks, and were passed over:")
    for (kind, objects) in passedByKind {
      let names = objects.prefix(Self.named).map { "\($0.name.isEmpty ? "without a name" : $0.name) (\($0.span.description))" }
      let more = objects.count > Self.named ? ", and \(objects.count - Self.named) more" : ""
      let mark = PassedKind.changesBehaviour(kind) ? "\(ImportNote.mark) " : ""
      let help = PassedKind.help(kind).map { ": \($0)" } ?? ""
      out.comment("- \(mark)\(kind) \(names.joined(separator: ", "))\(more)\(help).")
    }
  }

  /// The objects by their kinds, in the order of the files.
  var passedByKind: [(kind: String, objects: [ImportReader.Passed])] {
    var kinds: [String] = []
    for object in passed where !kinds.contains(object.kind) { kinds.append(object.kind) }
    let grouped = Dictionary(grouping: passed, by: \.kind)
    return kinds.map { ($0, grouped[$0] ?? []) }
  }

  /// How many comments tell that Pods get something else than before.
  var changes: Int {
    (notes + networks.flatMap(\.notes)).count(where: \.changesBehaviour)
      + passedByKind.count { PassedKind.changesBehaviour($0.kind) }
  }

  private func write(_ network: ImportedNetwork, isGiven: Bool, to out: inout YAMLText) {
    for origin in network.origins { out.comment(origin + ".", indent: 2) }
    for note in network.notes { out.comment("- \(note.line)", indent: 2) }
    if !isGiven {
      out.comment("No Pod gets this network yet: attach it in a rule, allow it in requests, or remove it.", indent: 2)
    }
    out.line("  \(YAMLText.scalar(network.name)):")
    let model = network.conflist.network
    if let version = model.cniVersion { out.line("    cniVersion: \(YAMLText.scalar(version.rawValue))") }
    if network.disableCheck { out.line("    disableCheck: true") }
    if model.disableGC { out.line("    disableGC: true") }
    out.line("    chain:")
    for entry in network.chain { out.item(entry, indent: 6) }
  }

  private func writeRules(to out: inout YAMLText) {
    guard let first else { return }
    out.line("")
    out.line("rules:")
    if !systemNamespaces.isEmpty {
      out.comment("Multus does not give its defaultNetworks and further delegates to Pods of these namespaces.", indent: 2)
      out.line("  - name: system")
      out.line("    match:")
      out.line("      namespaces: [\(systemNamespaces.map(YAMLText.scalar).joined(separator: ", "))]")
      out.line("    attach:")
      out.line("      - network: \(YAMLText.scalar(first))")
    }
    out.line("  - name: everyone")
    out.line("    attach:")
    for name in [first] + others { out.line("      - network: \(YAMLText.scalar(name))") }
  }

  private func writeRequests(to out: inout YAMLText) {
    guard !requests.isEmpty else { return }
    out.line("")
    if !isIsolated {
      out.comment(
        "Without namespaceIsolation, Multus lets every namespace use every definition. Here, each namespace may only use its own: add the others."
      )
    }
    out.comment(
      "Multus lets every Pod ask for all of this: addresses, the default route, ports of the node, anything for the plugins. Remove the lines that your Pods do not need. Without them a Pod may only choose names, a hardware address, and addresses of a network's own subnets."
    )
    out.line("requests:")
    for request in requests {
      out.line("  - namespaces: [\(request.namespaces.map(YAMLText.scalar).joined(separator: ", "))]")
      out.line("    networks: [\(request.networks.map(YAMLText.scalar).joined(separator: ", "))]")
      for member in request.permissions(networks).json.members {
        out.line("    \(YAMLText.scalar(member.name)): \(YAMLText.flow(member.value))")
      }
    }
  }
}
