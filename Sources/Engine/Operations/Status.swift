import CNI
import NetworkTypes
import Plugins
import Policy

extension Engine {
  /// Throws if the ADD of every Pod would fail: because of the state directory, the policy, or a delegate of a network that every
  /// Pod needs.
  ///
  /// A runtime takes the whole node out of service when STATUS fails. So what only some Pods need is noted and no more, and neither is
  /// an exhausted pool: Pods that end make room in it.
  func status(_ invocation: Invocation) throws(EngineError) {
    do { try store.tryWriting() } catch { throw .unavailable(.state(error)) }
    store.completeMark(in: bootID)
    report.notices += store.remarks(in: bootID)
    let policy: Policy
    do throws(EngineError) { policy = try self.policy() } catch {
      guard case .policy(let cause) = error else { throw error }
      throw .unavailable(.policy(cause))
    }
    let needed = policy.networksOfEveryPod
    var obstacle: EngineError.Failure?
    var addresses = NodeAddresses(node)
    for network in policy.networks {
      var failures = [overlap(of: network, policy, &addresses)]
      for entry in network.chain { failures.append(examine(entry, in: network, invocation)) }
      for case let failure? in failures {
        if obstacle == nil, needed.contains(network.name), !failure.error.isShortage {
          obstacle = failure
        } else {
          report.notices.append("\(failure.place): \(ErrorObject(failure.error).text)")
        }
      }
    }
    if let obstacle { throw .unavailable(.delegate(obstacle.place, obstacle.error, others: report.notices)) }
  }

  /// The contradiction between a network and the node's own addresses. Nil if there is none.
  ///
  /// Where the rule for every Pod names the network's addresses, these count.
  private func overlap(of network: Network, _ policy: Policy, _ addresses: inout NodeAddresses) -> EngineError.Failure? {
    let attach = policy.ruleOfEveryPod?.attach.first { $0.network == network.name && !$0.options.ips.isEmpty }
    do throws(DelegateError) {
      try addresses.check(attach.map { network.nodeBounds(ofRule: $0.options.ips) } ?? network.nodeBounds())
      return nil
    } catch {
      return .init(place: .init(network: network.name, interface: nil, type: network.chain.first?.type ?? ""), error: error)
    }
  }

  /// Notes the delegate's remarks. Returns the reason why an ADD would fail; nil if it would not.
  private func examine(_ entry: ChainEntry, in network: Network, _ invocation: Invocation) -> EngineError.Failure? {
    let place = EngineError.DelegatePlace(network: network.name, interface: nil, type: entry.type)
    let (node, path) = (node, invocation.path)
    var remarks: [String] = []
    var failure: EngineError.Failure?
    do throws(DelegateError) {
      try report.timing(.status, of: entry.type, in: network.name) { () throws(DelegateError) in
        let delegate = try Planner.delegate(entry, of: network).prepare(for: .use, on: node, path: path)
        remarks = (try? delegate.remarks(on: node)) ?? []
        try delegate.status(on: node, path: path)
      }
    } catch { failure = .init(place: place, error: error) }
    report.notices += remarks.map { "\(place): \($0)" }
    return failure
  }
}

extension Policy {
  /// The networks that every Pod needs: those of the first rule without a condition, and those marked `required`.
  ///
  /// Pods that an earlier rule takes do not get the first ones, but a node without them can hardly run anything.
  fileprivate var networksOfEveryPod: Set<NetworkName> {
    let marked = networks.filter(\.isRequired).map(\.name)
    return Set(marked + (ruleOfEveryPod?.attach.map(\.network) ?? []))
  }

  /// The first rule without a condition.
  fileprivate var ruleOfEveryPod: Rule? { rules.first { $0.match.conditions.isEmpty } }
}

extension DelegateError {
  fileprivate var isShortage: Bool { if case .plugin(let failure) = self { failure.isShortage } else { false } }
}
