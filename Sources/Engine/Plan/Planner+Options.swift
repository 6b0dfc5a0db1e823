import CNI
import JSON
import NetworkTypes
import Policy

/// Puts the values of a rule or of a Pod's request for one interface into the configurations of its delegates.
extension SelectedAttachment {
  /// The values of `runtimeConfig` that the entry accepts. Values of the policy or the Pod replace the runtime's.
  func runtimeConfig(_ entry: ChainEntry, runtime: JSONObject) -> JSONObject {
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
  func args(_ given: JSON?) -> JSON? {
    guard !options.arguments.isEmpty else { return given }
    var args = given?.object ?? JSONObject()
    var cni = args.value(named: "cni")?.object ?? JSONObject()
    for member in options.arguments.members { cni[member.name] = member.value }
    args["cni"] = .object(cni)
    return .object(args)
  }
}
