import CNI
import NetworkTypes
import Plugins
import Policy
import PolicyCache
import System

/// The removal of an attachment whose record is lost: nothing is known of it but its container and its interface.
///
/// It removes the links that bear the attachment's group in the container's namespace, and the ends on the node that are named after the
/// container and its usual interfaces. Then it frees what the container has in any network of the policy.
struct LostRecord {
  let containerID: ContainerID
  let ifName: InterfaceName
  /// Interfaces of the container that have a record of their own, and keep what they have. Nil if they are not known: then nothing is
  /// freed.
  let kept: Set<String>?
  let configuration: BraidConfiguration
  let node: Node
  /// CNI_PATH.
  let path: [String]
  /// See `DelegateCall.Options.bridgeLock`.
  let bridgeLock: String?

  /// Undoes as much as possible. `netns` is the runtime's path of the namespace; empty if there is none.
  func undo(netns: String) {
    if let container = try? node.containerIfPresent(netns), container.namespace.identity != node.host.namespace.identity {
      try? OwnLinks(Attachment(containerID, ifName), in: container).delete(in: container)
    }
    guard let kept else { return }
    deleteNodeEnds(except: kept)
    let call = DelegateCall(
      containerID: containerID, netns: "", ifName: ifName, args: .none, path: path,
      options: .init(bridgeLock: bridgeLock, hasReviewedArguments: true))
    for network in policy?.networks ?? [] {
      for entry in network.chain.reversed() {
        let delegate = Planner.delegate(entry, of: network)
        guard delegate.traits(node.delegates).state != .unknown else { continue }
        try? delegate.prepare(for: .removal, on: node, path: path).release(call, keeping: kept, on: node)
      }
    }
  }

  /// How many interfaces are looked for by their usual names.
  private static let usualInterfaces = 16

  /// A Pod may have put its links into another group, or moved them away. The ends on the node keep their names.
  private func deleteNodeEnds(except kept: Set<String>) {
    var names = [ifName]
    for number in 1..<Self.usualInterfaces { if let name = try? InterfaceName("net\(number)") { names.append(name) } }
    for name in names where !kept.contains(name.text) {
      _ = try? NodeEnd.delete(NodeEnd.all(of: containerID, name), in: node.host)
    }
  }

  /// The plugins of others that may have left something, each with its network: those of the plan that the policy gives the Pod now, or of
  /// all networks if there is no such plan.
  func strangers(_ plan: Plan?) -> [String] {
    var found: [String] = []
    func add(_ delegate: PlannedDelegate, _ network: NetworkName) {
      let types = [delegate.type, delegate.ipam].compactMap { $0 }
      for type in types where node.delegates.traits(type).state == .unknown {
        let text = "\(type) (network \"\(network)\")"
        if !found.contains(text) { found.append(text) }
      }
    }
    if let plan {
      for attachment in plan.attachments { for delegate in attachment.delegates { add(delegate, attachment.network) } }
    } else {
      for network in policy?.networks ?? [] {
        for entry in network.chain { add(Planner.delegate(entry, of: network), network.name) }
      }
    }
    return found
  }

  private var policy: Policy? {
    (try? Policy.load(configuration.policy, orLastGood: configuration.lastGoodPolicy()))?.policy
  }
}

extension OperationReport {
  /// Notes that a record could not be read. `others` are plugins that may have left something that Braid cannot undo.
  func noteLost(_ error: RecordError, others: [String]) {
    let shown = others.prefix(16).joined(separator: ", ") + (others.count > 16 ? " and \(others.count - 16) more" : "")
    notices.append(
      "\(error): it is set aside, and the operation goes on with what can be known without it"
        + (others.isEmpty ? "" : "; these plugins may have left something that Braid cannot undo: \(shown)"))
  }
}
