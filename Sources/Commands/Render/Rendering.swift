import CNI
import Engine
import JSON
import NetworkTypes
import PluginModel
import Policy

/// An attachment as a network configuration list that would have the same effect if a runtime ran it.
struct Rendering {
  let interface: InterfaceName
  let network: NetworkName
  let conflist: JSON
  /// Things that such a list cannot express.
  let notes: [String]

  init(_ selected: SelectedAttachment, _ planned: PlannedAttachment) {
    (interface, network) = (selected.interface, selected.network.name)
    var notes: [String] = []
    var version = SpecVersion.v100.rawValue
    var plugins: [JSON] = []
    for (i, delegate) in planned.delegates.enumerated() {
      var object = delegate.configuration
      version = object["cniVersion"]?.string ?? version
      (object["cniVersion"], object["name"]) = (nil, nil)
      if i == 0 { RenderedRoutes(selected, planned.defaultRoute).apply(to: &object, &notes) }
      plugins.append(.object(object))
    }
    if !selected.options.acceptsRA {
      notes.append("the interface would heed router advertisements; the policy turns that off")
    }
    if !selected.inResult {
      notes.append("the runtime would get the addresses of this interface; the policy keeps them out of the result")
    }
    var list: JSONObject = ["cniVersion": .string(version), "name": .string(selected.network.name.text)]
    if selected.network.disableCheck { list["disableCheck"] = true }
    if selected.network.disableGC { list["disableGC"] = true }
    list["plugins"] = .array(plugins)
    conflist = .object(list)
    self.notes = notes
  }

  /// The list and its notes.
  var json: JSON {
    ["interface": .string(interface.text), "conflist": conflist, "notes": .array(notes.map { .string($0) })]
  }
}

/// Expresses by keys of the plugins which default routes a Pod gets from a network. Under Braid, the engine takes care of that.
private struct RenderedRoutes {
  private let selected: SelectedAttachment
  private let route: PlannedAttachment.DefaultRoute

  init(_ selected: SelectedAttachment, _ route: PlannedAttachment.DefaultRoute) {
    (self.selected, self.route) = (selected, route)
  }

  func apply(to object: inout JSONObject, _ notes: inout [String]) {
    guard let brought = selected.network.broughtDefaultRoutes else {
      let lost = AddressFamily.allCases.filter { !route.allowed.contains($0) }
      if !lost.isEmpty || !route.required.isEmpty {
        notes.append(
          "the plugin \(object["type"]?.string ?? "") may bring default routes of its own: only Braid makes sure that there is one owner"
        )
      }
      return
    }
    let wanted = AddressFamily.allCases.filter { family in
      route.required.contains(family) || route.allowed.contains(family) && brought.contains(family)
    }
    guard Set(wanted) != brought || !route.gateways.isEmpty else { return }
    // The plugin keeps its gateway, but its automatic default routes are replaced by routes under `ipam`.
    for change in Plugin.facts(of: object["type"]?.string ?? "", object).withoutDefaultRoutes {
      object[object.member(named: change.key)?.name ?? change.key] = change.value
    }
    guard var ipam = object.value(named: "ipam")?.object else {
      if !wanted.isEmpty { notes.append("there is no IPAM to give the default route") }
      return
    }
    let others = (ipam.value(named: "routes")?.array ?? []).filter { !isDefault($0) }
    let defaults = wanted.filter { family in selected.network.families?.contains(family) ?? true }.map { family in
      var entry: JSONObject = ["dst": .string(family == .ipv4 ? "0.0.0.0/0" : "::/0")]
      if let gateway = route.gateways.first(where: { $0.family == family }) { entry["gw"] = .string(gateway.description) }
      return JSON.object(entry)
    }
    ipam["routes"] = others.isEmpty && defaults.isEmpty ? nil : .array(others + defaults)
    object["ipam"] = .object(ipam)
  }

  private func isDefault(_ route: JSON) -> Bool {
    route.object?.value(named: "dst")?.string.flatMap { try? CIDR($0) }.map { $0.prefixLength == 0 } ?? false
  }
}
