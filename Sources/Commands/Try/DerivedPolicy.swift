import JSON
import NetworkTypes
import PluginModel
import Policy

/// The part of a policy that concerns one Pod, with all state directories of plugins moved to another place.
///
/// It is JSON, and Braid reads it like the original because JSON is YAML. It contains only the rule that matched, without its conditions.
struct DerivedPolicy {
  let policy: Policy
  let selection: Selection
  /// The absolute path of the directory that the plugins' state directories are moved to.
  let state: String

  var json: JSON {
    let names = Set(selection.attachments.map(\.network.name) + selection.rule.attach.map(\.network))
    let networks = policy.networks.filter { names.contains($0.name) }
    var document: JSONObject = ["apiVersion": "braid/v1", "kind": "Policy"]
    document["networks"] = .object(JSONObject(networks.map { .init($0.name.text, json($0)) }))
    let attach = selection.rule.attach.enumerated().map { json($0.element, isFirst: $0.offset == 0) }
    document["rules"] = [.object(["name": .string(selection.rule.name), "attach": .array(attach)])]
    let grants = policy.requests.map { grant in (grant, grant.networks.filter { names.contains($0) }) }
    let requests = grants.filter { !$0.1.isEmpty }.map { grant, networks -> JSON in
      let head: JSONObject = [
        "namespaces": .array(grant.namespaces.map { .string($0.pattern) }),
        "networks": .array(networks.map { .string($0.text) }), "inResult": .bool(grant.inResult),
      ]
      return .object(JSONObject(head.members + grant.permissions.json.members))
    }
    if !requests.isEmpty { document["requests"] = .array(requests) }
    return .object(document)
  }

  private func json(_ network: Network) -> JSON {
    var object: JSONObject = ["chain": .array(network.chain.map { .object(moved($0)) })]
    if let version = network.cniVersion { object["cniVersion"] = .string(version.rawValue) }
    if network.disableCheck { object["disableCheck"] = true }
    if network.disableGC { object["disableGC"] = true }
    if !network.ignoredCapabilities.isEmpty {
      object["ignoreCapabilities"] = .array(network.ignoredCapabilities.map { .string($0.rawValue) })
    }
    return .object(object)
  }

  /// The entry with the state directories of the plugin and its IPAM moved.
  private func moved(_ entry: ChainEntry) -> JSONObject {
    var object = entry.configuration
    move(&object, entry.facts, to: entry.type)
    guard let ipam = entry.ipam, let member = object.member(named: "ipam") else { return object }
    var keys = ipam.configuration
    move(&keys, Plugin.facts(of: ipam.type, keys), to: "ipam")
    object[member.name] = .object(keys)
    return object
  }

  private func move(_ object: inout JSONObject, _ facts: PluginFacts, to directory: String) {
    guard let key = facts.stateDirectoryKey else { return }
    if let member = object.member(named: key) { object[member.name] = nil }
    object[key] = .string("\(state)/\(directory)")
  }

  private func json(_ attach: Attach, isFirst: Bool) -> JSON {
    var object: JSONObject = ["network": .string(attach.network.text)]
    if !isFirst, let interface = attach.interface { object["interface"] = .string(interface.text) }
    let route = attach.defaultRoute
    if !route.claimed.isEmpty {
      object["defaultRoute"] = route.claimed.count > 1 ? true : .string("ipv\(route.claimed[0].rawValue)")
    } else if isFirst, route.families.isEmpty {
      object["defaultRoute"] = false
    }
    let options = attach.options
    if !options.ips.isEmpty { object["ips"] = .array(options.ips.map { .string($0.description) }) }
    if let mac = options.mac { object["mac"] = .string(mac.description) }
    if let mtu = options.mtu { object["mtu"] = JSON(Int(mtu.bytes)) }
    if !options.acceptsRA { object["acceptRA"] = false }
    if options.routesBySource { object["routing"] = .string(AttachmentOptions.bySource) }
    if !options.portMappings.isEmpty { object["portMappings"] = .array(options.portMappings.map(\.json)) }
    if let bandwidth = options.bandwidth { object["bandwidth"] = bandwidth.json }
    if !options.arguments.isEmpty { object["args"] = .object(options.arguments) }
    if !attach.inResult { object["inResult"] = false }
    return .object(object)
  }
}
