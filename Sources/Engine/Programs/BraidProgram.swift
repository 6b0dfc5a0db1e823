import CNI
import Plugins

/// Braid itself: the runtime's primary plugin.
struct BraidProgram {
  let surroundings: Surroundings
  let report: OperationReport

  func answer() -> Program.Answer {
    var version = SpecVersion.newest
    do throws(EngineError) {
      let invocation = try surroundings.invocation()
      report.take(invocation)
      guard invocation.command != .version else { return .result(Program.versions) }
      guard !surroundings.isBelowBraid else { throw .recursion }
      let configuration = try configuration(invocation.command)
      version = configuration.plugin.cniVersion
      guard invocation.command.since <= version else { throw .protocol(.commandNotInVersion(invocation.command)) }
      // DEL of such an attachment succeeds: there is nothing to undo.
      if invocation.command == .add, invocation.ifName?.text == "lo" { throw .loopbackRequested }
      try run(invocation, configuration)
      return .nothing
    } catch { return .error(ErrorObject(error), version) }
  }

  private func configuration(_ command: Command) throws(EngineError) -> BraidConfiguration {
    let object = try surroundings.object()
    let plugin: PluginConfiguration
    do { plugin = command == .del ? BraidConfiguration.forRemoval(object) : try PluginConfiguration(object) } catch {
      throw .protocol(error)
    }
    do { return try BraidConfiguration(plugin, forRemoval: command == .del) } catch { throw .configuration(error) }
  }

  private func run(_ invocation: Invocation, _ configuration: BraidConfiguration) throws(EngineError) {
    let node: Node
    do {
      node = try Node(timeLimit: configuration.timeLimit)
      // DEL works only on the namespace of the ADD, wherever the path leads now.
      if invocation.command != .del { try node.refuseHostNamespace(invocation) }
    } catch { throw .namespace(error) }
    // If no record can be written, none was ever written there. But the directory may have been moved away.
    if invocation.command == .del, !RecordStore.exists(configuration.stateDir),
      (try? RecordStore(configuration.stateDir)) == nil
    {
      guard let containerID = invocation.containerID, let ifName = invocation.ifName else { return }
      return LostRecord(
        containerID: containerID, ifName: ifName, kept: [], configuration: configuration, node: node, path: invocation.path,
        bridgeLock: nil
      ).undo(netns: invocation.netns)
    }
    let engine = try engine(configuration, node, invocation.command)
    switch invocation.command {
    case .add: try answer(engine.add(invocation, try invocation.attachment()), engine, invocation)
    case .del: try engine.delete(invocation, try invocation.attachment())
    case .check: try engine.check(invocation, try invocation.attachment())
    case .gc: try engine.collectGarbage(invocation)
    case .status: try engine.status(invocation)
    case .version: break
    }
  }

  private func engine(_ configuration: BraidConfiguration, _ node: Node, _ command: Command) throws(EngineError) -> Engine {
    do throws(EngineError) { return try Engine(configuration, node: node, report: report) } catch {
      if command == .status, case .state(let cause) = error { throw .unavailable(.state(cause)) }
      throw error
    }
  }

  /// Writes the result in the runtime's version. If that fails, or if nobody reads the result, the attachment is undone.
  private func answer(
    _ result: CNIResult, _ engine: borrowing Engine, _ invocation: Invocation
  ) throws(EngineError) {
    let failure: EngineError
    do {
      if surroundings.print(try result.json(engine.configuration.plugin.cniVersion)) { return }
      failure = .unread
    } catch { failure = .result(error) }
    do { try engine.delete(invocation, try invocation.attachment()) } catch { throw failure.leaving([.other(error)]) }
    throw failure
  }
}

extension Invocation {
  /// The attachment of the operation. Throws `ProtocolError.containerID` if its name is too long for a record's file.
  fileprivate func attachment() throws(EngineError) -> Attachment {
    // `Invocation` refuses such operations without them.
    guard let containerID, let ifName else { preconditionFailure("the operation is about no attachment") }
    let attachment = Attachment(containerID, ifName)
    guard attachment.fitsFileName else { throw .protocol(.containerID(containerID.text, .tooLong)) }
    return attachment
  }
}

extension OperationReport {
  func take(_ invocation: Invocation) {
    (operation, containerID, interface) = (invocation.command, invocation.containerID, invocation.ifName)
  }
}
