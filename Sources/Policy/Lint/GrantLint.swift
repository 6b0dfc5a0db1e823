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
      var named: [Capability] = []
      if case .subnets = permissions.ips { named.append(.ips) }
      if permissions.portMappings != nil { named.append(.portMappings) }
      if permissions.bandwidth != Bandwidth() { named.append(.bandwidth) }
      if permissions.deviceID { named.append(.deviceID) }
      if permissions.infinibandGUID { named.append(.infinibandGUID) }
      for capability in named where !granted.contains(where: { $0.accepts(capability) }) {
        let key = capability.rawValue
        report(
          .idlePermission, "no plugin of these networks accepts \(key), so \(key) allows nothing",
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
