import CNI
import JSON
import Policy

/// What a runtime hands over about the Pod beyond the attachment itself (docs/runtimes.md).
struct RuntimeFacts {
  /// Capabilities that are facts of the whole Pod; all others are the first attachment's alone.
  static let podWideCapabilities = [Pod.annotationsCapability, "cgroupPath"]
  /// CNI_ARGS keys that ask for an address of one interface: they are the first attachment's alone.
  private static let addressArguments = ["IP", "MAC", "GATEWAY"]

  private let configuration: PluginConfiguration
  private let args: CNIArguments

  init(_ configuration: PluginConfiguration, _ args: CNIArguments) { (self.configuration, self.args) = (configuration, args) }

  /// What of `runtimeConfig` is for the delegates of an attachment, as far as they take it.
  func runtimeConfig(first: Bool) -> JSONObject {
    let given = configuration.object.value(named: "runtimeConfig")?.object ?? JSONObject()
    return JSONObject(
      given.members.filter { member in first || Self.podWideCapabilities.contains { equalFolded($0, member.name) } })
  }

  /// CNI_ARGS for a delegate: Braid has taken what the policy matches on, so that unknown keys are no error any more.
  func arguments(first: Bool) -> CNIArguments {
    let kept = args.pairs.filter { first || !Self.addressArguments.contains($0.key) }
    let text = kept.map { "\($0.key)=\($0.value)" }
    guard !kept.isEmpty else { return .none }
    return (try? CNIArguments((args.ignoresUnknown ? text : text + ["IgnoreUnknown=1"]).joined(separator: ";"))) ?? .none
  }

  /// `args` of the runtime's configuration, for the delegates of the first attachment.
  var conventionalArguments: JSON? { configuration.object.value(named: "args") }
}
