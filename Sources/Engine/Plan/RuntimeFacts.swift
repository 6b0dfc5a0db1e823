import CNI
import JSON
import NetworkTypes
import PluginModel
import Policy

/// The runtime's information about the Pod, beyond the attachment itself (docs/runtimes.md).
struct RuntimeFacts {
  /// Capabilities that describe the whole Pod. All others belong to the first attachment.
  static let podWideCapabilities = [Pod.annotationsCapability, "cgroupPath"]
  /// CNI_ARGS keys that request an address for one interface. They belong to the first attachment.
  private static let addressArguments = ["IP", "MAC", "GATEWAY"]

  private let configuration: PluginConfiguration
  private let args: CNIArguments

  init(_ configuration: PluginConfiguration, _ args: CNIArguments) { (self.configuration, self.args) = (configuration, args) }

  /// The part of `runtimeConfig` for the delegates of an attachment. Each delegate then gets the capabilities that it accepts.
  func runtimeConfig(first: Bool) -> JSONObject {
    let given = configuration.object.value(named: "runtimeConfig")?.object ?? JSONObject()
    return JSONObject(
      given.members.filter { member in first || Self.podWideCapabilities.contains { equalFolded($0, member.name) } })
  }

  /// CNI_ARGS for a delegate. IgnoreUnknown is set, because the arguments may have keys that only Braid's policy uses.
  func arguments(first: Bool) -> CNIArguments {
    let kept = args.pairs.filter { first || !Self.addressArguments.contains($0.key) }
    guard !kept.isEmpty else { return .none }
    // An IgnoreUnknown that is no boolean would make the delegates refuse what Braid itself takes.
    let others = args.ignoresUnknown ? kept : kept.filter { $0.key != Self.ignoreUnknown } + [.init(Self.ignoreUnknown, "1")]
    return CNIArguments(others)
  }

  private static let ignoreUnknown = "IgnoreUnknown"

  /// Whether the runtime names ranges of addresses for the first attachment (`ipRanges` of the CNI conventions).
  var namesRanges: Bool {
    let ranges = configuration.object.value(named: "runtimeConfig")?.object?.value(named: "ipRanges")?.array
    return !(ranges ?? []).isEmpty
  }

  /// The addresses that the runtime asks for. They are for the first attachment.
  var requestedAddresses: [IPAddress] {
    let objects = [configuration.object.value(named: "runtimeConfig"), conventionalArguments?.object?.value(named: "cni")]
    return args.list("IP").compactMap { try? IPAddress(requested: $0) }
      + objects.flatMap { $0?.object?.requestedAddresses ?? [] }
  }

  /// `args` of the runtime's configuration, for the delegates of the first attachment.
  var conventionalArguments: JSON? { configuration.object.value(named: "args") }
}
