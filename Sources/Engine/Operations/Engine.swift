import CNI
import Plugins
import Policy
import PolicyCache
import System

/// One operation of `braid`. Each operation has a file of its own beside this one. This file has the parts that they share.
struct Engine: ~Copyable {
  let configuration: BraidConfiguration
  let node: Node
  let store: RecordStore
  let bootID: String
  let report: OperationReport

  init(_ configuration: BraidConfiguration, node: Node, report: OperationReport) throws(EngineError) {
    let bootID = try Self.state { () throws(SystemError) in try BootID.current() }
    let store = try Self.state { () throws(SystemError) in try RecordStore(configuration.stateDir) }
    self.configuration = configuration
    self.node = node
    self.bootID = bootID
    self.store = store
    self.report = report
  }

  private static func state<T: ~Copyable>(_ body: () throws(SystemError) -> T) throws(EngineError) -> T {
    do { return try body() } catch { throw .state(error) }
  }

  func lock(_ attachment: Attachment, waiting time: Duration = Waits.attachmentLock) throws(EngineError) -> RangeLock {
    do { return try store.lock(attachment, waiting: time) } catch { throw .state(error) }
  }

  /// The whole policy: the present one, or if this is wanted and it has errors, the last good one.
  func policy() throws(EngineError) -> Policy {
    do throws(PolicyError) {
      let (policy, errors) = try Policy.load(configuration.policy, orLastGood: configuration.lastGoodPolicy())
      if let errors { report.note(errors) }
      return policy
    } catch { throw .policy(error) }
  }

  func openContainer(_ path: String) throws(EngineError) -> NodeNamespace {
    do { return try node.container(path) } catch { throw .namespace(error) }
  }

  func planner(_ invocation: Invocation) -> Planner {
    Planner(invocation, configuration, node: node, bootID: bootID, report: report)
  }

  /// `node` is the engine's own unless the call gives another.
  func runner(
    _ record: Record, netns: String, path: [String] = [], on node: Node? = nil, prepared: [[any PreparedDelegate]]? = nil,
    distrustsBootID: Bool = false
  ) -> Runner {
    Runner(
      record, node: node ?? self.node, netns: netns, bridgeLock: store.bridgeLock, path: path, prepared: prepared,
      distrustsBootID: distrustsBootID, report: report)
  }

  /// Whether the record must survive a power cut. It must if a delegate may keep state beyond the boot: without the record nobody
  /// could undo that state.
  func mustBeDurable(_ plan: Plan) -> Bool { plan.outlivesBoot(node.delegates) }
}
