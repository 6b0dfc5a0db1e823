import CNI
import NetworkTypes
import Policy
import System

/// The subject and the outcome of one run of the program. It is complete when the program ends, in every case (`Program.finish`).
package final class OperationReport {
  package var operation: Command?
  package var containerID: ContainerID?
  package var interface: InterfaceName?
  /// Nil if no policy was read: for DEL, CHECK and plugins that run under their own names.
  package var pod: Pod?
  /// In the order of the Pod's interfaces.
  package var networks: [NetworkName] = []
  /// Nil if all went well.
  package var failure: ErrorObject?
  /// What a person must know although the operation went on. The program writes it to stderr, a line each.
  package var notices: [String] = []
  /// The delegates in the order in which they were called.
  package private(set) var delegates: [DelegateTime] = []
  private let start: Duration

  /// One call of one delegate.
  package struct DelegateTime: Sendable {
    package let network: NetworkName
    package let type: String
    package let operation: Command
    package let duration: Duration
    package let hasFailed: Bool
  }

  package init() { start = Monotonic.now() }

  /// The time since the program started.
  package var duration: Duration { Monotonic.now() - start }

  /// Notes that the last good policy decided because the present one has these errors.
  func note(_ errors: PolicyError) {
    notices.append("the policy has errors, and the last good one stays in force: \(errors)")
  }

  func take(_ plan: Plan) { networks = plan.attachments.map { $0.network } }

  /// Runs `body` and notes how long the delegate took.
  func timing<T, E: Error>(
    _ operation: Command, of type: String, in network: NetworkName, _ body: () throws(E) -> T
  ) throws(E) -> T {
    let begin = Monotonic.now()
    func note(hasFailed: Bool) {
      delegates.append(
        DelegateTime(
          network: network, type: type, operation: operation, duration: Monotonic.now() - begin, hasFailed: hasFailed))
    }
    do throws(E) {
      let result = try body()
      note(hasFailed: false)
      return result
    } catch {
      note(hasFailed: true)
      throw error
    }
  }
}
