import CNI
import JSON
import NetworkTypes
import Policy

/// What a rule or a Pod's request says about one interface, put into the configurations of its delegates.
extension SelectedAttachment {
  /// The values of `runtimeConfig` that the entry takes: the runtime's, and over them the policy's or the Pod's.
  func runtimeConfig(_ entry: ChainEntry, runtime: JSONObject) -> JSONObject {
    var config = JSONObject()
    for member in runtime.members where entry.accepts(member.name) { config.members.append(member) }
    for (capability, value) in options.runtimeConfig where entry.accepts(capability.rawValue) {
      // The runtime writes its keys in a case of its own.
      let given = config.member(named: capability.rawValue)
      if let given { config[given.name] = nil }
      // Ports are added to the runtime's; everything else there is only once.
      let runtimes = capability == .portMappings ? given?.value.array ?? [] : []
      config[capability.rawValue] = runtimes.isEmpty ? value : .array(runtimes + (value.array ?? []))
    }
    return config
  }

  /// `args` with the rule's or the Pod's values merged into `args.cni`, where they win; nil where there are none.
  func args(_ given: JSON?) -> JSON? {
    guard !options.arguments.isEmpty else { return given }
    var args = given?.object ?? JSONObject()
    var cni = args.value(named: "cni")?.object ?? JSONObject()
    for member in options.arguments.members { cni[member.name] = member.value }
    args["cni"] = .object(cni)
    return .object(args)
  }
}
