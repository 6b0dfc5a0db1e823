import CNI
import IPAM
import PluginModel

/// `host-local`: addresses of the node's own ranges.
struct HostLocalDelegate: Delegate {
  let traits = DelegateTraits()

  func prepare(
    _ configuration: PluginConfiguration, for purpose: Purpose, on node: Node, path: [String]
  ) throws(DelegateError) -> any PreparedDelegate {
    do { return Prepared(pools: try HostLocal(configuration)) } catch { throw .configuration(error) }
  }

  private struct Prepared: PreparedDelegate {
    let pools: HostLocal

    func review(_ call: PlannedCall) throws(DelegateError) -> [ForeseenResult]? {
      do { return try pools.foreseen(call.args) } catch { throw .configuration(error) }
    }

    func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult {
      try ipam { () throws(IPAMError) in try pools.add(call) }
    }

    func delete(_ call: DelegateCall, on node: Node) throws(DelegateError) {
      try ipam { () throws(IPAMError) in try pools.delete(call) }
    }

    func check(_ call: DelegateCall, on node: Node) throws(DelegateError) {
      // A result that cannot be read is reported by the interface plugin.
      let previous = (try? call.previous.result()) ?? nil
      try ipam { () throws(IPAMError) in try pools.check(call, previous: previous) }
    }

    func collectGarbage(keeping valid: [Attachment], on node: Node, path: [String]) throws(DelegateError) {
      try ipam { () throws(IPAMError) in try pools.collectGarbage(valid: valid) }
    }

    func status(on node: Node, path: [String]) throws(DelegateError) {
      try ipam { () throws(IPAMError) in try pools.status() }
    }

    func remarks(on node: Node) throws(DelegateError) -> [String] {
      let odd = try ipam { () throws(IPAMError) in try pools.oddReservations() }
      return odd.isEmpty ? [] : [OddReservation.text(odd, in: pools.directory)]
    }

    func release(_ call: DelegateCall, keeping interfaces: Set<String>, on node: Node) throws(DelegateError) {
      try ipam { () throws(IPAMError) in try pools.release(call.containerID, keeping: interfaces) }
    }
  }
}

/// Converts an IPAM plugin's errors into a delegate's.
func ipam<T>(_ body: () throws(IPAMError) -> T) throws(DelegateError) -> T {
  do { return try body() } catch { throw .plugin(error) }
}
