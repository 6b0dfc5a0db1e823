import CNI
import NetworkTypes
import Plugins
import Policy
import System

/// Why an operation of `braid` failed.
package enum EngineError: Error, Sendable {
  case `protocol`(ProtocolError)
  /// A key of Braid's own configuration is wrong.
  case configuration(ConfigurationError)
  /// The policy cannot be used.
  case policy(PolicyError)
  /// The policy gives this Pod no networks.
  case selection(policy: String, SelectionError)
  /// The configuration of a delegate in the policy is wrong. Nothing has been touched yet. `source` is its place in the policy.
  case plan(DelegatePlace, source: String, DelegateError)
  /// No record can hold the plan. Nothing has been touched yet.
  case planTooLarge(PlanOverflow)
  /// The whole record would be too large to be read again.
  case recordTooLarge(Attachment, bytes: Int, limit: Int)
  /// The result of a delegate is too large for the record. `limit` is the room that the record has left.
  case resultTooLarge(DelegatePlace, bytes: Int, limit: Int)
  /// The runtime asks for the loopback interface.
  case loopbackRequested
  /// The container has an interface of that name already. `byBraid`: it bears the mark of an ADD of Braid, but no record of this
  /// attachment has it.
  case interfaceExists(InterfaceName, netns: String, byBraid: Bool)
  /// A delegate failed, or the Pod's default route could not be put through its network.
  case delegate(DelegatePlace, DelegateError)
  /// The differences that a CHECK found, delegate by delegate; at least one.
  case check([Failure])
  /// The parts that a DEL could not undo. The record is kept, and the next DEL continues with it.
  case undo([Failure])
  /// The container has this interface already, from an earlier ADD that succeeded.
  case alreadyAttached(Attachment)
  /// There is no record of an ADD.
  case notAttached(Attachment)
  /// A record could not be read. It has been set aside under the name in the error.
  case record(RecordError)
  /// The state directory cannot be used.
  case state(SystemError)
  /// The node's or the container's network namespace cannot be used.
  case namespace(DelegateError)
  case result(ResultError)
  /// Nobody read our answer, so the ADD was undone.
  case unread
  /// STATUS: an ADD could not succeed now.
  case unavailable(Obstacle)
  /// Braid was called by a delegate that Braid called.
  case recursion
  /// The error of a built-in plugin that runs under its own name. It is reported as it is.
  case bare(DelegateError)
  /// An error, and the parts that could not be undone after it.
  indirect case incomplete(EngineError, left: [Leftover])

  /// The error together with the parts that could not be undone; the error alone if there are none.
  func leaving(_ left: [Leftover]) -> EngineError { left.isEmpty ? self : .incomplete(self, left: left) }

  /// A part that could not be undone.
  package enum Leftover: Sendable {
    case delegate(Failure)
    /// The DEL of the plugin whose ADD failed. Nothing of it is known, so it is not tried again.
    case letGo(Failure)
    /// The record, or the whole attachment.
    indirect case other(EngineError)
  }

  /// Where in the policy an error happened.
  package struct DelegatePlace: Sendable, Equatable, CustomStringConvertible {
    package let network: NetworkName
    /// Nil if the error is about the whole network.
    package let interface: InterfaceName?
    package let type: String

    package var description: String {
      "network \"\(network)\"\(interface.map { " (interface \($0))" } ?? ""): \(type)"
    }
  }

  /// The reason why no ADD could succeed.
  package enum Obstacle: Sendable {
    case state(SystemError)
    case policy(PolicyError)
    /// `others` are failures that concern only some Pods, or that pass by themselves.
    case delegate(DelegatePlace, DelegateError, others: [String])
  }

  /// The error of one delegate.
  package struct Failure: Sendable {
    package let place: DelegatePlace
    package let error: DelegateError
  }
}
