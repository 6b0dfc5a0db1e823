import CNI
import IPAM

/// `host-local` as a delegate.
package struct HostLocalDelegate: Delegate {
  package init() {}

  package func validate(_ configuration: PluginConfiguration) throws(DelegateError) {
    try ipam { () throws(IPAMError) in try HostLocal.validate(configuration) }
  }

  package func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult {
    try ipam { () throws(IPAMError) in try HostLocal.add(call) }
  }

  package func delete(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    try ipam { () throws(IPAMError) in try HostLocal.delete(call) }
  }

  package func check(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    try ipam { () throws(IPAMError) in try HostLocal.check(call) }
  }

  package func collectGarbage(
    _ configuration: PluginConfiguration, path: [String], valid: [Attachment], on node: Node
  ) throws(DelegateError) {
    try ipam { () throws(IPAMError) in try HostLocal.collectGarbage(configuration, valid: valid) }
  }

  package func status(_ configuration: PluginConfiguration, path: [String], on node: Node) throws(DelegateError) {
    try ipam { () throws(IPAMError) in try HostLocal.status(configuration) }
  }
}

/// `static` as a delegate.
package struct StaticDelegate: Delegate {
  package init() {}

  package func validate(_ configuration: PluginConfiguration) throws(DelegateError) {
    try ipam { () throws(IPAMError) in try StaticIPAM.validate(configuration) }
  }

  package func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult {
    try ipam { () throws(IPAMError) in try StaticIPAM.add(call) }
  }

  package func delete(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    StaticIPAM.delete(call)
  }

  package func check(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    try ipam { () throws(IPAMError) in try StaticIPAM.check(call) }
  }

  package func collectGarbage(
    _ configuration: PluginConfiguration, path: [String], valid: [Attachment], on node: Node
  ) throws(DelegateError) {}

  package func status(_ configuration: PluginConfiguration, path: [String], on node: Node) throws(DelegateError) {}
}

private func ipam<T>(_ body: () throws(IPAMError) -> T) throws(DelegateError) -> T {
  do { return try body() } catch { throw .ipam(error) }
}
