import CNI
import Diagnostics
import YAML

extension PolicyLint {
  /// Finds keys of `requests` that allow nothing.
  mutating func checkGrants() {
    for request in draft.requests {
      let granted = request.networks.compactMap { networks[$0.value] }
      // An unknown network has been reported.
      guard granted.count == request.networks.count else { continue }
      let permissions = request.permissions
      func accepts(_ capability: Capability) -> Bool { granted.contains { $0.accepts(capability) } }
      var idle: [(key: String, capability: Capability)] = []
      if case .subnets = permissions.ips, !accepts(.ips) { idle.append(("ips", .ips)) }
      if permissions.portMappings != nil, !accepts(.portMappings) {
        idle.append((Capability.portMappings.rawValue, .portMappings))
      }
      if permissions.bandwidth != Bandwidth(), !accepts(.bandwidth) { idle.append((Capability.bandwidth.rawValue, .bandwidth)) }
      if permissions.deviceID, !accepts(.deviceID) { idle.append(("deviceID", .deviceID)) }
      if permissions.infinibandGUID, !accepts(.infinibandGUID) { idle.append(("infinibandGUID", .infinibandGUID)) }
      for (key, capability) in idle {
        report(
          .idlePermission, "no plugin of these networks accepts \(capability.rawValue), so \(key) allows nothing",
          Span(request.file, request.node[key]?.keyRange ?? request.range), help: capability.help)
      }
      checkArguments(request)
    }
  }

  private mutating func checkArguments(_ request: PolicyDraft.Request) {
    for node in request.node["cniArgs"]?.value.sequence ?? [] {
      guard let name = node.string, RequestedArguments.isSysctl(name) else { continue }
      report(
        .idlePermission, "sysctls are not a Pod's to set, so \(quoted(name)) allows nothing", Span(request.file, node.range),
        help: "set them in the network: the plugin tuning has the key sysctl")
    }
  }
}
