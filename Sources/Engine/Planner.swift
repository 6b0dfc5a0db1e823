import CNI
import JSON
import NetworkTypes
import Plugins
import Policy

/// Makes the plan of an ADD out of the policy and what the runtime says; touches nothing.
struct Planner {
  private let configuration: BraidConfiguration
  private let invocation: Invocation
  private let node: Node
  private let bootID: String

  /// What delegates are called with where neither the policy nor the runtime says a newer one: the version of most plugins.
  static let version = SpecVersion.v100

  init(_ configuration: BraidConfiguration, _ invocation: Invocation, node: Node, bootID: String) {
    (self.configuration, self.invocation, self.node, self.bootID) = (configuration, invocation, node, bootID)
  }

  /// Reads the policy, picks the Pod's rule, derives every delegate's configuration and has each validated, unless that is not asked for.
  func plan(firstInterface: InterfaceName, validating: Bool = true) throws(EngineError) -> Plan {
    let selection: Selection
    do {
      let cache = PolicyCache(configuration.stateDir, bootID: bootID)
      selection = try Policy.select(try pod(), interface: firstInterface, path: configuration.policy, cache: cache)
    } catch let error as PolicyError {
      throw .policy(error)
    } catch let error as SelectionError {
      throw .selection(policy: configuration.policy, error)
    } catch let error as ConfigurationError {
      throw .configuration(error)
    } catch { preconditionFailure("typed throws leave no other error") }
    let attachments = Self.attachments(of: selection, configuration.plugin, invocation.args)
    if validating { for (selected, planned) in zip(selection.attachments, attachments) { try validate(planned, selected) } }
    return Plan(rule: selection.rule.name, attachments: attachments)
  }

  private func pod() throws(ConfigurationError) -> Pod { try Pod(invocation.args, configuration: configuration.plugin.object) }

  /// What each attachment's delegates get, as Braid is called with that configuration and those arguments.
  static func attachments(
    of selection: Selection, _ configuration: PluginConfiguration, _ args: CNIArguments
  ) -> [PlannedAttachment] {
    let facts = RuntimeFacts(configuration, args)
    return selection.attachments.enumerated().map { i, selected in
      PlannedAttachment(
        network: selected.network.name, interface: selected.interface, defaultRoute: .init(selected),
        delegates: selected.network.chain.enumerated().map {
          derive($0.element, at: $0.offset, of: selected, facts, first: i == 0)
        },
        args: facts.arguments(first: i == 0), isChecked: !selected.network.disableCheck, isInResult: selected.inResult)
    }
  }

  private func validate(_ attachment: PlannedAttachment, _ selected: SelectedAttachment) throws(EngineError) {
    for (entry, delegate) in zip(selected.network.chain, attachment.delegates) {
      do throws(DelegateError) {
        let configuration = try delegate.parsed()
        try node.delegate(delegate.type, path: invocation.path).validate(configuration)
        if let ipam = delegate.ipam { _ = try node.delegate(ipam, path: invocation.path) }
      } catch {
        throw .plan(attachment.place(delegate.type), source: entry.span(of: error.path).description, error)
      }
    }
  }

  /// The entry as the delegate gets it: with version and name, the `runtimeConfig` that it takes, and `args`.
  private static func derive(
    _ entry: ChainEntry, at position: Int, of selected: SelectedAttachment, _ facts: RuntimeFacts, first: Bool
  ) -> PlannedDelegate {
    var object = base(entry, of: selected.network)
    let runtimeConfig = selected.runtimeConfig(entry, runtime: facts.runtimeConfig(first: first))
    if !runtimeConfig.isEmpty { object["runtimeConfig"] = .object(runtimeConfig) }
    let given = object.value(named: "args") ?? (first ? facts.conventionalArguments : nil)
    if let args = selected.args(given) { object["args"] = args }
    if position == 0, let mtu = selected.options.mtu { object["mtu"] = JSON(Int(mtu.bytes)) }
    return PlannedDelegate(type: entry.type, configuration: object)
  }

  private static func base(_ entry: ChainEntry, of network: Network) -> JSONObject {
    var object: JSONObject = [
      "cniVersion": .string((network.cniVersion ?? version).rawValue), "name": .string(network.name.text),
    ]
    for member in entry.configuration.members where object[member.name] == nil { object.members.append(member) }
    return object
  }

  /// The entry as a delegate gets it for operations on the whole network.
  static func configuration(_ entry: ChainEntry, of network: Network) throws(DelegateError) -> PluginConfiguration {
    do { return try PluginConfiguration(base(entry, of: network)) } catch { throw .protocol(error) }
  }
}

extension PlannedDelegate {
  func parsed() throws(DelegateError) -> PluginConfiguration {
    do { return try PluginConfiguration(configuration) } catch { throw .protocol(error) }
  }
}

extension PlannedAttachment.DefaultRoute {
  init(_ selected: SelectedAttachment) {
    let route = selected.defaultRoute
    required = route.claimed
    allowed = route.families.filter { !route.claimed.contains($0) }
    gateways = route.gateways
  }
}

extension DelegateError {
  /// The key of the configuration that it is about; the whole configuration if it is about none.
  var path: ConfigurationError.KeyPath {
    switch self {
    case .configuration(let error), .protocol(.configuration(let error)), .ipam(.configuration(let error)): error.path
    case .ipam(.rangeSet(let set, _)): .init("ipam").appending("ranges").appending(set)
    case .ipam(.overlap(_, let set)): .init("ipam").appending("ranges").appending(set)
    case .ipam(.noRanges): .init("ipam")
    case .ipam(.staticAddress): .init("ipam", "addresses")
    default: .init()
    }
  }
}
