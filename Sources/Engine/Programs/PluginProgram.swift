import CNI
import Plugins

/// A built-in plugin that runs under its own name. It replaces the reference plugin, with the same behaviour and error texts.
struct PluginProgram {
  let delegate: any Delegate
  let surroundings: Surroundings
  let report: OperationReport

  func answer() -> Program.Answer {
    var version = SpecVersion.newest
    do throws(EngineError) {
      let invocation = try surroundings.invocation(readsArguments: delegate.traits.readsArguments)
      report.take(invocation)
      guard invocation.command != .version else { return .result(Program.versions) }
      let configuration = try surroundings.configuration()
      version = configuration.cniVersion
      report.networks = [configuration.name]
      guard invocation.command.since <= version else { throw .protocol(.commandNotInVersion(invocation.command)) }
      do throws(DelegateError) {
        try report.timing(invocation.command, of: configuration.type, in: configuration.name) { () throws(DelegateError) in
          try run(invocation, configuration)
        }
      } catch { throw .bare(error) }
      return .nothing
    } catch { return .error(ErrorObject(plugin: error), version) }
  }

  private func run(_ invocation: Invocation, _ configuration: PluginConfiguration) throws(DelegateError) {
    let node = try Node()
    if invocation.containerID != nil { try node.refuseHostNamespace(invocation) }
    let prepared = try delegate.prepare(
      configuration, for: invocation.command == .del ? .removal : .use, on: node, path: invocation.path)
    switch invocation.command {
    case .add: try add(prepared, invocation, configuration, node)
    case .del: try prepared.delete(invocation.call(configuration.previous), on: node)
    case .check: try prepared.check(invocation.call(configuration.previous), on: node)
    case .gc:
      try prepared.collectGarbage(keeping: try configuration.validAttachments(), on: node, path: invocation.path)
    case .status:
      report.notices += (try? prepared.remarks(on: node)) ?? []
      try prepared.status(on: node, path: invocation.path)
    case .version: break
    }
  }

  /// Writes the result in the configuration's version. If that fails, or if nobody reads the result, the attachment is undone.
  private func add(
    _ prepared: any PreparedDelegate, _ invocation: Invocation, _ configuration: PluginConfiguration, _ node: Node
  ) throws(DelegateError) {
    let call = invocation.call(configuration.previous)
    let result = try prepared.add(call, on: node)
    report.notices += node.notices
    let failure: DelegateError
    do {
      if surroundings.print(try result.json(configuration.cniVersion)) { return }
      failure = .unread
    } catch { failure = .result(error) }
    do { try prepared.delete(call, on: node) } catch { throw failure.leaving([error]) }
    throw failure
  }
}

extension Invocation {
  /// The call of one delegate for the attachment of this operation.
  fileprivate func call(_ previous: PreviousResult) -> DelegateCall {
    // `Invocation` refuses such operations without them.
    guard let containerID, let ifName else { preconditionFailure("the operation is about no attachment") }
    return DelegateCall(
      containerID: containerID, netns: netns, ifName: ifName, args: args, path: path, previous: previous)
  }
}

extension PluginConfiguration {
  /// The attachments that GC must keep (CNI specification, section 2). Null is an empty list. A missing key is an error, because
  /// freeing everything would be the wrong guess.
  func validAttachments() throws(DelegateError) -> [Attachment] {
    do throws(ConfigurationError) {
      guard object.member(named: Self.validAttachmentsKey) != nil else { throw .missing(.init(Self.validAttachmentsKey)) }
      var found: [Attachment] = []
      for entry in try reader.objects(Self.validAttachmentsKey) ?? [] {
        guard let id = try entry.string("containerID") else { throw .missing(entry.path.appending("containerID")) }
        found.append(Attachment(containerID: id, ifName: try entry.string("ifname") ?? ""))
      }
      return found
    } catch { throw .configuration(.configuration(error)) }
  }
}

extension Node {
  /// Throws if CNI_NETNS is our own namespace, unless CNI_NETNS_OVERRIDE allows it. A missing namespace is left to the delegate.
  func refuseHostNamespace(_ invocation: Invocation) throws(DelegateError) {
    guard !invocation.allowsHostNamespace, !invocation.netns.isEmpty else { return }
    guard let identity = try? namespaceIdentity(invocation.netns), identity == host.namespace.identity else { return }
    throw .protocol(.hostNamespace(invocation.netns))
  }
}
