import CNI
import JSON
import NetworkTypes
import PluginModel

/// Puts the values of a rule or of a Pod's request for one interface into the configurations of its delegates.
extension SelectedAttachment {
  /// The configuration that the plugin of an entry gets: the entry with version, name, `args`, and the part of `runtimeConfig` that
  /// it accepts.
  ///
  /// `position` is that in the chain. `runtime` is the runtime's `runtimeConfig`, and `args` its own `args`, for this attachment.
  package func configuration(
    of entry: ChainEntry, at position: Int, runtime: JSONObject = JSONObject(), args: JSON? = nil
  ) -> JSONObject {
    var object = network.object(of: entry)
    let runtimeConfig = runtimeConfig(entry, runtime: runtime)
    if !runtimeConfig.isEmpty { object["runtimeConfig"] = .object(runtimeConfig) }
    if let args = self.args(object.value(named: "args") ?? args, for: entry) { object["args"] = args }
    if position == 0, let mtu = options.mtu { object["mtu"] = JSON(Int(mtu.bytes)) }
    return object
  }

  /// The values of `runtimeConfig` that the entry accepts. Values of the policy or the Pod replace the runtime's.
  private func runtimeConfig(_ entry: ChainEntry, runtime: JSONObject) -> JSONObject {
    var config = JSONObject()
    for member in runtime.members where entry.accepts(member.name) { config.members.append(member) }
    for (capability, value) in options.runtimeConfig where entry.accepts(capability.rawValue) {
      // The runtime may write the key in another case.
      let given = config.member(named: capability.rawValue)
      if let given { config[given.name] = nil }
      // Port mappings are added to the runtime's. Any other value replaces the runtime's.
      let runtimes = capability == .portMappings ? given?.value.array ?? [] : []
      config[capability.rawValue] = runtimes.isEmpty ? value : .array(runtimes + (value.array ?? []))
    }
    return config
  }

  /// `args` with the values of the rule or the Pod merged into `args.cni`, where they take precedence; nil if there are none.
  ///
  /// A request's addresses are kept from plugins that do not accept them as a capability.
  private func args(_ given: JSON?, for entry: ChainEntry) -> JSON? {
    let members = options.arguments.members.filter { member in
      guard case .request = origin, let capability = RequestedArguments.capability(member.name) else { return true }
      return entry.accepts(capability.rawValue)
    }
    guard !members.isEmpty else { return given }
    var args = given?.object ?? JSONObject()
    var cni = args.value(named: "cni")?.object ?? JSONObject()
    for member in members { cni[member.name] = member.value }
    args["cni"] = .object(cni)
    return .object(args)
  }
}
