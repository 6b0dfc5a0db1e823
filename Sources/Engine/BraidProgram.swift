import CNI
import Glibc
import JSON
import Plugins

/// Braid itself: the runtime's primary plugin.
struct BraidProgram {
  func answer() -> Program.Answer {
    var version = SpecVersion.newest
    do throws(EngineError) {
      let invocation: Invocation
      do { invocation = try Invocation(environment: Program.environment) } catch { throw .protocol(error) }
      guard invocation.command != .version else { return .result(Program.versions) }
      guard getenv(ExternalDelegate.guardVariable) == nil else { throw .recursion }
      let plugin = try Program.configuration()
      version = plugin.cniVersion
      guard invocation.command.since <= version else { throw .protocol(.commandNotInVersion(invocation.command)) }
      let configuration: BraidConfiguration
      do { configuration = try BraidConfiguration(plugin) } catch { throw .configuration(error) }
      return try run(invocation, configuration)
    } catch { return .error(ErrorObject(error).json(version)) }
  }

  private func run(_ invocation: Invocation, _ configuration: BraidConfiguration) throws(EngineError) -> Program.Answer {
    let node: Node
    do {
      node = try Node(timeLimit: configuration.timeLimit, lookup: DelegateLookup.delegate)
      // DEL works on the namespace of the ADD alone, whatever the path leads to now.
      if invocation.command != .del { try node.refuseHostNamespace(invocation) }
    } catch { throw .namespace(error) }
    // Where no record can be kept none ever was, and there is nothing to undo.
    if invocation.command == .del, !RecordStore.exists(configuration.stateDir), (try? RecordStore(configuration.stateDir)) == nil
    {
      return .nothing
    }
    let engine = try engine(configuration, node, invocation.command)
    guard let id = invocation.containerID, let ifName = invocation.ifName else {
      try engine.runForAll(invocation)
      return .nothing
    }
    let key = RecordKey(id, ifName)
    guard key.fits else { throw .protocol(.containerID(id.text, .tooLong)) }
    switch invocation.command {
    case .add: try answer(engine.add(invocation, key), engine, invocation, key)
    case .del: try engine.delete(invocation, key)
    case .check: try engine.check(invocation, key)
    case .gc, .status, .version: break
    }
    return .nothing
  }

  private func engine(_ configuration: BraidConfiguration, _ node: Node, _ command: Command) throws(EngineError) -> Engine {
    do throws(EngineError) { return try Engine(configuration, node: node) } catch {
      if command == .status, case .state(let cause) = error { throw .unavailable(.state(cause)) }
      throw error
    }
  }

  /// Writes the result in the runtime's version; one that cannot be written, or that nobody reads, leaves nothing behind.
  private func answer(
    _ result: CNIResult, _ engine: borrowing Engine, _ invocation: Invocation, _ key: RecordKey
  ) throws(EngineError) {
    let failure: EngineError
    do {
      if Program.print(try result.json(engine.configuration.plugin.cniVersion)) { return }
      failure = .unread
    } catch { failure = .result(error) }
    try engine.delete(invocation, key)
    throw failure
  }
}
