import CNI
import Plugins
import Policy

extension Engine {
  /// Throws if an ADD could not succeed: because of the state directory, the policy, or one of its delegates.
  func status(_ invocation: Invocation) throws(EngineError) {
    do { try store.tryWriting() } catch { throw .unavailable(.state(error)) }
    let policy: Policy
    do { policy = try Policy.load(configuration.policy) } catch { throw .unavailable(.policy(error)) }
    for network in policy.networks {
      for entry in network.chain {
        do throws(DelegateError) {
          try report.timing(.status, of: entry.type, in: network.name) { () throws(DelegateError) in
            try Planner.delegate(entry, of: network).prepare(for: .use, on: node, path: invocation.path)
              .status(on: node, path: invocation.path)
          }
        } catch {
          let place = EngineError.DelegatePlace(network: network.name, interface: nil, type: entry.type)
          throw .unavailable(.delegate(place, error))
        }
      }
    }
  }
}
