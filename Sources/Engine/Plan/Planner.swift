import CNI
import JSON
import NetworkTypes
import Plugins
import Policy
import PolicyCache

/// Makes the plan of an ADD from the policy and the runtime's call. Touches nothing.
struct Planner {
  private let configuration: BraidConfiguration
  private let invocation: Invocation
  private let node: Node
  private let bootID: String
  private let report: OperationReport

  init(_ invocation: Invocation, _ configuration: BraidConfiguration, node: Node, bootID: String, report: OperationReport) {
    (self.invocation, self.configuration, self.node) = (invocation, configuration, node)
    (self.bootID, self.report) = (bootID, report)
  }

  /// Reads the policy, picks the Pod's rule, derives every delegate's configuration, and has each delegate read and review its own.
  func prepared(firstInterface: InterfaceName) throws(EngineError) -> PreparedPlan {
    let (plan, selection) = try select(firstInterface)
    return try prepared(plan, selection)
  }

  /// Has each delegate of a plan read and review its own configuration.
  func prepared(_ plan: Plan, _ selection: Selection) throws(EngineError) -> PreparedPlan {
    var delegates: [[any PreparedDelegate]] = []
    for (selected, planned) in zip(selection.attachments, plan.attachments) {
      delegates.append(try prepare(planned, selected))
    }
    if let overflow = PlanOverflow(plan.attachments, of: selection.attachments) { throw .planTooLarge(overflow) }
    return PreparedPlan(plan: plan, delegates: delegates)
  }

  /// The plan alone. The delegates do not check their configurations.
  func plan(firstInterface: InterfaceName) throws(EngineError) -> Plan { try select(firstInterface).plan }

  private func select(_ firstInterface: InterfaceName) throws(EngineError) -> (plan: Plan, selection: Selection) {
    let selection: Selection
    do {
      let cache = PolicyCache(configuration.stateDir, bootID: bootID)
      let pod = try Pod(invocation.args, configuration: configuration.plugin.object)
      report.pod = pod
      let found = try Policy.select(
        pod, interface: firstInterface, path: configuration.policy, cache: cache, orLastGood: configuration.lastGoodPolicy())
      selection = found.selection
      if let errors = found.errors { report.note(errors) }
      try selection.refuseUnservedRequests(configuration.plugin.object)
    } catch let error as PolicyError {
      throw .policy(error)
    } catch let error as SelectionError {
      throw .selection(policy: configuration.policy, error)
    } catch let error as ConfigurationError {
      throw .configuration(error)
    } catch { preconditionFailure("typed throws leave no other error") }
    let plan = plan(selection)
    report.networks = plan.attachments.map(\.network)
    return (plan, selection)
  }

  /// The plan for a selection.
  func plan(_ selection: Selection) -> Plan {
    Plan(
      rule: selection.rule.name, attachments: Self.attachments(of: selection, configuration.plugin, invocation.args))
  }

  /// The attachments of a selection, for a Braid that is called with this configuration and these arguments.
  static func attachments(
    of selection: Selection, _ configuration: PluginConfiguration, _ args: CNIArguments
  ) -> [PlannedAttachment] {
    let facts = RuntimeFacts(configuration, args)
    return selection.attachments.enumerated().map { i, selected in
      let bounds = selected.nodeBounds(asked: i == 0 ? facts.requestedAddresses : [])
      return PlannedAttachment(
        network: selected.network.name, interface: selected.interface, defaultRoute: .init(selected),
        delegates: selected.network.chain.enumerated().map {
          derive($0.element, at: $0.offset, of: selected, facts, first: i == 0)
        },
        args: facts.arguments(first: i == 0), isChecked: !selected.network.disableCheck, isInResult: selected.inResult,
        acceptsRA: selected.options.acceptsRA,
        nodeBounds: i == 0 && facts.namesRanges ? bounds.withoutGateways : bounds)
    }
  }

  private func prepare(
    _ attachment: PlannedAttachment, _ selected: SelectedAttachment
  ) throws(EngineError) -> [any PreparedDelegate] {
    var prepared: [any PreparedDelegate] = []
    for (entry, delegate) in zip(selected.network.chain, attachment.delegates) {
      do throws(DelegateError) {
        let ready = try delegate.prepare(for: .use, on: node, path: invocation.path)
        _ = try ready.review(attachment.plannedCall)
        prepared.append(ready)
      } catch {
        throw .plan(attachment.place(delegate.type), source: entry.span(of: error.path).description, error)
      }
    }
    return prepared
  }

  /// The configuration that the delegate gets: the entry with version, name, `args`, and the part of `runtimeConfig` that it
  /// accepts.
  private static func derive(
    _ entry: ChainEntry, at position: Int, of selected: SelectedAttachment, _ facts: RuntimeFacts, first: Bool
  ) -> PlannedDelegate {
    let object = selected.configuration(
      of: entry, at: position, runtime: facts.runtimeConfig(first: first), args: first ? facts.conventionalArguments : nil)
    return PlannedDelegate(type: entry.type, configuration: object)
  }

  /// The configuration that a delegate gets for operations on the whole network.
  static func delegate(_ entry: ChainEntry, of network: Network) -> PlannedDelegate {
    PlannedDelegate(type: entry.type, configuration: network.object(of: entry))
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
