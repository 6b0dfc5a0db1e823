import CNI
import Diagnostics
import JSON
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
      for (key, text) in entry.dropped { notes.append(ImportNote(key, entry.span(of: .init(key)), text)) }
    }
    return notes
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

extension ChainEntry {
  /// The keys that a policy's chain cannot have, and why.
  fileprivate var dropped: [(key: String, text: String)] {
    let notBuilt = facts.notBuilt
    return configuration.members.compactMap { member in
      switch member.name {
      case "prevResult", "runtimeConfig": (member.name, "Braid makes it anew for every call")
      default: notBuilt.first { $0.key == member.name }.map { ($0.key, $0.text) }
      }
    }
  }
}
