import CNI
import JSON
import Netlink
import NetworkTypes
import Plugins
import System

/// What one ADD did, or set out to do: all that DEL, CHECK and GC need, without the policy or anybody else.
package struct Record: Sendable, Equatable {
  /// How far the ADD came.
  package enum State: String, Sendable {
    /// On disk before anything is touched: any part of the plan may have been done.
    case pending
    /// ADD has answered with `result`.
    case complete
    /// Something of it could not be undone; the rest is gone.
    case undoing
  }

  package var state: State
  package let containerID: ContainerID
  package let ifName: InterfaceName
  /// `name` of the configuration that the runtime called us with.
  package let configuration: String
  package let netns: String
  /// Device and inode of the namespace at ADD time.
  package let netnsIdentity: NetworkNamespace.Identity
  package let bootID: String
  package let path: [String]
  package let plan: Plan
  /// One for each attachment that was completed: the result of its chain's last delegate.
  package var results: [CNIResult]
  /// The merged result; nil until the ADD is complete.
  package var result: CNIResult?
}

extension Record {
  /// What the record is about.
  var attachment: Attachment { Attachment(containerID, ifName) }

  /// The attachments that were completed.
  var done: [DoneAttachment] { zip(plan.attachments, results).map { DoneAttachment(planned: $0, result: $1) } }

  /// What the chain of an attachment answered; nil if it was not completed.
  func result(of number: Int) -> CNIResult? { number < results.count ? results[number] : nil }
}

/// A record that cannot be read back.
package enum RecordError: Error, Sendable, Equatable {
  case json(file: String, JSONError)
  case notAnObject(file: String)
  case content(file: String, ConfigurationError)
  case version(file: String, found: String)
  case identifier(file: String, ProtocolError)
  case result(file: String, ResultError)
}

extension Record {
  /// Whether the namespace has any of the interfaces that the ADD made, or it made none: the kernel gives a new namespace the number
  /// of one that has gone. What somebody else may have made before it in the runtime's own chain does not count.
  func hasInterfaces(in container: NodeNamespace, _ delegates: DelegateLookup) throws(NetlinkError) -> Bool {
    let others = plan.attachments.first.flatMap { $0.makesInterface(delegates) ? nil : $0.interface }
    let made = (result?.interfaces ?? []).filter { !$0.sandbox.isEmpty }.compactMap { try? InterfaceName($0.name) }
      .filter { $0 != others }
    for name in made where try container.route.link(named: name) != nil { return true }
    return made.isEmpty
  }
}
