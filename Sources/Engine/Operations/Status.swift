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
    let policy: Policy
    do throws(EngineError) { policy = try self.policy() } catch {
      guard case .policy(let cause) = error else { throw error }
      throw .unavailable(.policy(cause))
    }
    let needed = policy.networksOfEveryPod
    var obstacle: EngineError.Failure?
    var addresses = NodeAddresses(node)
    for network in policy.networks {
      let failures = [overlap(of: network, &addresses)] + network.chain.map { failure(of: $0, in: network, invocation) }
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
  private func overlap(of network: Network, _ addresses: inout NodeAddresses) -> EngineError.Failure? {
    do throws(DelegateError) {
      try addresses.check(network.nodeBounds())
      return nil
    } catch {
      return .init(place: .init(network: network.name, interface: nil, type: network.chain.first?.type ?? ""), error: error)
    }
  }

  private func failure(of entry: ChainEntry, in network: Network, _ invocation: Invocation) -> EngineError.Failure? {
    do throws(DelegateError) {
      try report.timing(.status, of: entry.type, in: network.name) { () throws(DelegateError) in
        try Planner.delegate(entry, of: network).prepare(for: .use, on: node, path: invocation.path)
          .status(on: node, path: invocation.path)
      }
      return nil
    } catch { return .init(place: .init(network: network.name, interface: nil, type: entry.type), error: error) }
  }
}

extension Policy {
  /// The networks that every Pod needs: those of the first rule without a condition, and those marked `required`.
  ///
  /// Pods that an earlier rule takes do not get the first ones, but a node without them can hardly run anything.
  fileprivate var networksOfEveryPod: Set<NetworkName> {
    let marked = networks.filter(\.isRequired).map(\.name)
    let rule = rules.first { $0.match.conditions.isEmpty }
    return Set(marked + (rule?.attach.map(\.network) ?? []))
  }
}

extension DelegateError {
  fileprivate var isShortage: Bool { if case .plugin(let failure) = self { failure.isShortage } else { false } }
}
