import CNI
import IPAM
import PluginModel

/// `static`: the addresses that its configuration names.
struct StaticDelegate: Delegate {
  let traits = DelegateTraits()

  func prepare(
    _ configuration: PluginConfiguration, for purpose: Purpose, on node: Node, path: [String]
  ) throws(DelegateError) -> any PreparedDelegate {
    // The plugin keeps nothing, so its DEL succeeds with any configuration.
    if case .removal = purpose { return Prepared(addresses: nil) }
    do { return Prepared(addresses: try StaticIPAM(configuration)) } catch { throw .configuration(error) }
  }

  private struct Prepared: PreparedDelegate {
    /// Nil for removal.
    let addresses: StaticIPAM?

    func review(_ call: PlannedCall) throws(DelegateError) -> [ForeseenResult]? {
      do { return try addresses.map { (ipam) throws(PluginConfigurationError) in [try ipam.foreseen(call.args)] } } catch {
        throw .configuration(error)
      }
    }

    func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult {
      guard let addresses else { preconditionFailure("prepared for removal") }
      return try ipam { () throws(IPAMError) in try addresses.add(call) }
    }

    func delete(_ call: DelegateCall, on node: Node) {}

    func check(_ call: DelegateCall, on node: Node) throws(DelegateError) {
      let previous: CNIResult?
      do { previous = try call.previous.result() } catch { throw .plugin(IPAMError.protocol(.result(error))) }
      try ipam { () throws(IPAMError) in try addresses?.check(call, previous: previous) }
    }

    func collectGarbage(keeping valid: [Attachment], on node: Node, path: [String]) {}
    func status(on node: Node, path: [String]) {}
  }
}
