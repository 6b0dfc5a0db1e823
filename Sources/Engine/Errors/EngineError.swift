import CNI
import NetworkTypes
import Plugins
import Policy
import System

/// Why an operation of `braid` failed.
package enum EngineError: Error, Sendable {
  case `protocol`(ProtocolError)
  /// A key of Braid's own configuration.
  case configuration(ConfigurationError)
  /// The policy cannot be used.
  case policy(PolicyError)
  /// The policy gives this Pod nothing.
  case selection(policy: String, SelectionError)
  /// A delegate of the policy cannot work as it is configured; found before anything was touched. `source` is its place in the policy.
  case plan(DelegatePlace, source: String, DelegateError)
  /// The container has an interface of that name, and it is none of ours.
  case interfaceExists(InterfaceName, netns: String)
  /// A delegate failed, or the Pod's default route could not be put through its network.
  case delegate(DelegatePlace, DelegateError)
  /// What a CHECK found, delegate by delegate; at least one.
  case check([Failure])
  /// What a DEL could not undo. The record is kept, and the next DEL goes on with it.
  case undo([Failure])
  /// The container has this interface already, by an ADD that succeeded.
  case alreadyAttached(Attachment)
  /// There is no record of an ADD.
  case notAttached(Attachment)
  /// A record that could not be read back; it has been set aside under the name in the error.
  case record(RecordError)
  /// The state directory.
  case state(SystemError)
  /// The node's or the container's network namespace.
  case namespace(DelegateError)
  case result(ResultError)
  /// Nobody read our answer, so that it was undone.
  case unread
  /// STATUS: an ADD could not be served, and why.
  case unavailable(Obstacle)
  /// Braid was called by a delegate that Braid called.
  case recursion
  /// A built-in plugin under its own name: nothing more is to be said than the delegate says.
  case bare(DelegateError)
  /// An error, and what could not be undone after it.
  indirect case incomplete(EngineError, left: [Leftover])

  /// The error beside what could not be undone; the error itself if everything could.
  func leaving(_ left: [Leftover]) -> EngineError { left.isEmpty ? self : .incomplete(self, left: left) }

  /// What could not be undone.
  package enum Leftover: Sendable {
    case delegate(Failure)
    /// The record, or the whole attachment.
    indirect case other(EngineError)
  }

  /// Where in the policy an error happened.
  package struct DelegatePlace: Sendable, Equatable, CustomStringConvertible {
    package let network: NetworkName
    /// Nil where the whole network is meant.
    package let interface: InterfaceName?
    package let type: String

    package var description: String {
      "network \"\(network)\"\(interface.map { " (interface \($0))" } ?? ""): \(type)"
    }
  }

  /// What stands in the way of every ADD.
  package enum Obstacle: Sendable {
    case state(SystemError)
    case policy(PolicyError)
    case delegate(DelegatePlace, DelegateError)
  }

  /// What went wrong in one delegate.
  package struct Failure: Sendable {
    package let place: DelegatePlace
    package let error: DelegateError
  }
}
