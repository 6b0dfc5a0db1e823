import JSON
import NetworkTypes
import Policy

/// What the policy alone says about a network's place on the node and its addresses.
extension Network {
  /// What a plugin wants with a link of the node.
  enum NodeLinkRole: String {
    /// Makes it, or uses it if it is there.
    case bridge
    /// Needs it, and makes links on it.
    case master
    /// Needs it, and gives it to the Pod.
    case moved = "moved into the Pod"
  }

  /// The link of the node that the first plugin works on, nil for that of the default route; nil where it uses none, or its keys are
  /// not known.
  var nodeLink: (name: String?, role: NodeLinkRole)? {
    guard let entry = chain.first else { return nil }
    func text(_ key: String) -> String? { entry.configuration.value(named: key)?.string.flatMap { $0.isEmpty ? nil : $0 } }
    switch entry.type {
    case "bridge": return (text("bridge") ?? "cni0", .bridge)
    case "macvlan", "ipvlan", "vlan":
      return entry.configuration.value(named: "linkInContainer")?.bool == true ? nil : (text("master"), .master)
    case "host-device": return text("device").map { ($0, .moved) }
    default: return text("bridge").map { ($0, .bridge) } ?? text("master").map { ($0, .master) }
    }
  }

  /// Its chain, and what sets its links apart.
  var chainText: String { chain.map(\.type).joined(separator: " → ") }

  /// The keys of the first plugin that a reader of a picture looks for.
  var linkNotes: [String] {
    guard let keys = chain.first?.configuration else { return [] }
    var notes: [String] = []
    if let vlan = keys.value(named: "vlan")?.int ?? keys.value(named: "vlanId")?.int, vlan != 0 { notes.append("VLAN \(vlan)") }
    if let mode = keys.value(named: "mode")?.string { notes.append("mode \(mode)") }
    if let mtu = keys.value(named: "mtu")?.int, mtu != 0 { notes.append("MTU \(mtu)") }
    if keys.value(named: "linkInContainer")?.bool == true {
      notes.append("on \(keys.value(named: "master")?.string ?? "the default route's link") in the Pod")
    }
    return notes
  }

  /// Where its addresses come from, a line each.
  var addressTexts: [String] {
    guard let ipam = ipam else { return ["no addresses"] }
    switch ipam.type {
    case "host-local":
      return AddressPool.sets(of: self).flatMap { $0.enumerated().map { ($0.offset == 0 ? "" : "or ") + $0.element.text } }
    case "static":
      return staticAddresses.isEmpty ? ["addresses as asked for"] : staticAddresses.map { "\($0.cidr)" + gatewayText($0.gateway) }
    default: return ["addresses by \(ipam.type)"]
    }
  }

  /// The families of its addresses; nil where the policy alone does not tell.
  var families: Set<AddressFamily>? {
    guard let ipam else { return chain.allSatisfy { $0.ipamType == nil } && isKnownInterface ? [] : nil }
    switch ipam.type {
    case "host-local": return Set(AddressPool.sets(of: self).flatMap { $0.map(\.subnet.family) })
    case "static": return staticAddresses.isEmpty ? nil : Set(staticAddresses.map(\.cidr.family))
    default: return nil
    }
  }

  /// The families for which it brings a default route by itself; nil where the policy alone does not tell.
  var broughtDefaultRoutes: Set<AddressFamily>? {
    guard isKnownInterface, let families, let entry = chain.first else { return nil }
    if entry.type == "bridge", entry.configuration.value(named: "isDefaultGateway")?.bool == true { return families }
    let routes = ipam?.keys.value(named: "routes")?.array ?? []
    let destinations = routes.compactMap { $0.object?.value(named: "dst")?.string.flatMap { try? CIDR($0) } }
    return Set(destinations.filter { $0.prefixLength == 0 }.map(\.family))
  }

  /// The gateways of its addresses with their prefix lengths, each once, as far as the policy alone tells.
  var gateways: [CIDR] {
    let pools = ipam?.type == "host-local" ? AddressPool.sets(of: self).flatMap { $0 } : []
    var found = pools.compactMap { pool in
      (pool.gateway ?? pool.subnet.network.address.advanced(by: 1)).flatMap {
        try? CIDR($0, prefixLength: pool.subnet.prefixLength)
      }
    }
    found += staticAddresses.compactMap { address in
      address.gateway.flatMap { try? CIDR($0, prefixLength: address.cidr.prefixLength) }
    }
    return found.enumerated().filter { !found[..<$0.offset].contains($0.element) }.map(\.element)
  }

  /// The plugins whose default routes are those of their IPAM.
  private var isKnownInterface: Bool {
    ["bridge", "macvlan", "ipvlan", "vlan", "ptp", "tap", "dummy", "loopback"].contains(chain.first?.type)
  }

  private var ipam: (type: String, keys: JSONObject)? {
    for entry in chain {
      if let type = entry.ipamType, !type.isEmpty, let keys = entry.configuration.value(named: "ipam")?.object {
        return (type, keys)
      }
    }
    return nil
  }

  private var staticAddresses: [(cidr: CIDR, gateway: IPAddress?)] {
    (ipam?.keys.value(named: "addresses")?.array ?? []).compactMap { item in
      guard let object = item.object, let cidr = object.value(named: "address")?.string.flatMap({ try? CIDR($0) }) else {
        return nil
      }
      return (cidr, object.value(named: "gateway")?.string.flatMap { try? IPAddress($0) })
    }
  }
}

extension AddressPool {
  /// The subnet, the part of it that is given out where it is not all, and the gateway.
  fileprivate var text: String {
    var range = ""
    if start != nil || end != nil, let first { range = " from \(first) to \(last)" }
    return "\(subnet.network)\(range)" + gatewayText(gateway ?? subnet.network.address.advanced(by: 1))
  }
}

private func gatewayText(_ gateway: IPAddress?) -> String { gateway.map { ", gateway \($0)" } ?? "" }
