import CNI
import Diagnostics
import JSON
import NetworkTypes
import Policy

/// A network of the policy that `import` writes.
struct ImportedNetwork {
  let name: String
  /// The sources of the network, each as a sentence without a full stop.
  var origins: [String]
  let conflist: Conflist
  var notes: [ImportNote]
}

/// The namespaces whose Pods may ask for some networks.
struct ImportedRequest {
  let namespaces: [String]
  var networks: [String]
}

extension ImportedNetwork {
  init(_ conflist: Conflist, name: String, origin: String, notes: [ImportNote] = []) {
    self.init(name: name, origins: [origin], conflist: conflist, notes: notes + Self.notes(about: conflist))
  }

  /// Notes about keys that have no equivalent in a policy.
  private static func notes(about conflist: Conflist) -> [ImportNote] {
    var notes: [ImportNote] = []
    func note(_ key: String, _ text: String) {
      guard let pair = conflist.root[key] else { return }
      notes.append(ImportNote(key, Span(conflist.file, pair.keyRange), text))
    }
    if conflist.root["plugins"] != nil {
      note("cniVersions", "Braid calls the plugins with one version, that of cniVersion")
      note("loadOnlyInlinedPlugins", "Braid loads only the plugins of the chain")
      let known: Set = ["name", "cniVersion", "cniVersions", "plugins", "disableCheck", "disableGC", "loadOnlyInlinedPlugins"]
      for pair in (conflist.root.mapping ?? []) where !known.contains(pair.key) {
        note(pair.key, "no runtime and no plugin reads this key here")
      }
    }
    for entry in conflist.network.chain {
      for (key, text, changes) in entry.dropped {
        notes.append(ImportNote(key, entry.span(of: .init(key)), text, changesBehaviour: changes))
      }
    }
    if let mover = conflist.routeMover, !conflist.network.disableCheck {
      notes.append(
        ImportNote(
          "type", mover.span(of: .init("type")),
          "\(mover.type) moves the routes that CHECK looks for, and CRI-O calls CHECK after every ADD, so disableCheck leaves this "
            + "network out of it"))
    }
    return notes
  }

  /// Whether CHECK must leave the network out.
  var disableCheck: Bool { conflist.network.disableCheck || conflist.routeMover != nil }

  /// A note about a bridge without hairpin, for the Pods' default network. Nil if nothing is to be said.
  var hairpinNote: ImportNote? {
    guard let entry = conflist.network.chain.first, entry.facts.lacksHairpin else { return nil }
    return ImportNote(
      "hairpinMode", entry.span(of: .init("type")),
      "without it, a Pod gets no answer from its own Service if it is chosen as the backend: add hairpinMode: true")
  }

  /// A note about the network's default routes, for a network that is not the Pods' default network. Nil if it brings none.
  var defaultRouteNote: ImportNote? {
    let families = (conflist.network.broughtDefaultRoutes ?? []).sorted { $0.rawValue < $1.rawValue }
    guard !families.isEmpty else { return nil }
    let names = families.map { "IPv\($0.rawValue)" }.joined(separator: " and ")
    return ImportNote(
      "default route", Span(conflist.file, conflist.root.mapping?.first?.keyRange ?? conflist.root.range),
      "the network brings one for \(names), but a Pod gets only that of the network that owns it, which is its first: a request "
        + "takes it over with \"default-route\", a rule with defaultRoute: true")
  }

  /// The entries of the chain in the form of a policy.
  var chain: [JSON] {
    conflist.network.chain.map { entry in
      let dropped = Set(entry.dropped.map(\.key))
      let own = entry.configuration.members.filter { member in
        !dropped.contains(member.name) && !["name", "cniversion"].contains(member.name.lowercased())
      }
      // Readers of a policy look for the type first.
      return .object(JSONObject(own.filter { $0.name == "type" } + own.filter { $0.name != "type" }))
    }
  }
}

extension Conflist {
  /// A plugin after the first that moves the interface's routes. Nil if there is none.
  fileprivate var routeMover: ChainEntry? { network.chain.dropFirst().first { $0.facts.movesRoutes } }
}

extension ChainEntry {
  /// The keys that a policy's chain cannot have, and why.
  fileprivate var dropped: [(key: String, text: String, changesBehaviour: Bool)] {
    let notBuilt = facts.notBuilt
    return configuration.members.compactMap { member in
      switch member.name {
      case "prevResult", "runtimeConfig": (member.name, "Braid makes it anew for every call", false)
      default: notBuilt.first { $0.key == member.name }.map { ($0.key, $0.text, true) }
      }
    }
  }
}
