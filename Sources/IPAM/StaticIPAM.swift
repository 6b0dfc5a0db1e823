import CNI
import NetworkTypes
import PluginModel

/// `static`: the addresses that the configuration names. It keeps no reservations.
package struct StaticIPAM: Sendable {
  private let configuration: StaticConfiguration

  /// Decodes the configuration once, for all operations.
  package init(_ configuration: PluginConfiguration) throws(PluginConfigurationError) {
    self.configuration = try StaticConfiguration(configuration)
  }

  package func add(_ call: DelegateCall) throws(IPAMError) -> CNIResult {
    CNIResult(ips: try ips(call.args), routes: configuration.routes, dns: configuration.dns)
  }

  /// Every configured address must be in the previous result, with its gateway.
  package func check(_ call: DelegateCall, previous: CNIResult?) throws(IPAMError) {
    guard let previous else { throw .noPrevResult }
    for ip in try ips(call.args) {
      let found = previous.ips.contains { $0.address == ip.address && (ip.gateway == nil || $0.gateway == ip.gateway) }
      guard found else { throw .checkMismatch(ip.address.address, call.ifName) }
    }
  }

  /// Does nothing: there are no reservations.
  package func delete(_ call: DelegateCall) {}

  /// Does nothing: there are no reservations.
  package func collectGarbage(valid: [Attachment]) {}

  /// Does nothing: the configured addresses can always be given.
  package func status() {}

  /// The address that an ADD will give, as far as the configuration and CNI_ARGS tell.
  package func foreseen(_ args: CNIArguments) throws(PluginConfigurationError) -> ForeseenResult {
    try configuration.foreseen(args)
  }

  private func ips(_ args: CNIArguments) throws(IPAMError) -> [CNIResult.IP] {
    do { return try configuration.ips(args) } catch { throw .configuration(error) }
  }
}
