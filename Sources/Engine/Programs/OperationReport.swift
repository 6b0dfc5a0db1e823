import CNI
import NetworkTypes
import Policy
import System

/// What one run of the program was about, and how it went. Whatever happens, it is complete when the program ends (`Program.finish`).
package final class OperationReport {
  package var operation: Command?
  package var containerID: ContainerID?
  package var interface: InterfaceName?
  /// Nil where no policy was asked: for DEL, CHECK and the plugins under their own names.
  package var pod: Pod?
  /// In the order of the Pod's interfaces.
  package var networks: [NetworkName] = []
  /// Nil if all went well.
  package var failure: ErrorObject?
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

  /// Since the program started.
  package var duration: Duration { Monotonic.now() - start }

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
