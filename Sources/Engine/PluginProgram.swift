import CNI
import JSON
import Plugins

/// One of our plugins under its own name: a drop-in for the reference plugin, in behaviour and in the texts of errors.
struct PluginProgram {
  let type: String
  let delegate: any Delegate

  func answer() -> Program.Answer {
    var version = SpecVersion.newest
    do throws(EngineError) {
      let invocation: Invocation
      do { invocation = try Invocation(environment: Program.environment) } catch { throw .protocol(error) }
      guard invocation.command != .version else { return .result(Program.versions) }
      let configuration = try Program.configuration()
      version = configuration.cniVersion
      guard invocation.command.since <= version else { throw .protocol(.commandNotInVersion(invocation.command)) }
      return try run(invocation, configuration)
    } catch { return .error(ErrorObject(plugin: error).json(version)) }
  }

  private func run(_ invocation: Invocation, _ configuration: PluginConfiguration) throws(EngineError) -> Program.Answer {
    do throws(DelegateError) {
      let node = try Node(lookup: DelegateLookup.delegate)
      guard let call = DelegateCall(invocation, configuration) else {
        try runForAll(invocation, configuration, node)
        return .nothing
      }
      try node.refuseHostNamespace(invocation)
      // DEL takes back what it can, whatever the rest of the configuration is worth.
      if invocation.command != .del { try delegate.validate(configuration) }
      switch invocation.command {
      case .add: try answer(delegate.add(call, on: node), call, node)
      case .del: try delegate.delete(call, on: node)
      case .check: try delegate.check(call, on: node)
      case .gc, .status, .version: break
      }
      return .nothing
    } catch { throw .bare(error) }
  }

  /// Writes the result in the configuration's version; one that cannot be written, or that nobody reads, leaves nothing behind.
  private func answer(_ result: CNIResult, _ call: DelegateCall, _ node: Node) throws(DelegateError) {
    let failure: DelegateError
    do {
      if Program.print(try result.json(call.configuration.cniVersion)) { return }
      failure = .unread
    } catch { failure = .result(error) }
    try? delegate.delete(call, on: node)
    throw failure
  }

  /// The operations on the whole network.
  private func runForAll(_ invocation: Invocation, _ configuration: PluginConfiguration, _ node: Node) throws(DelegateError) {
    try delegate.validate(configuration)
    switch invocation.command {
    case .gc:
      let valid = try configuration.validAttachments()
      try delegate.collectGarbage(configuration, path: invocation.path, valid: valid, on: node)
    case .status: try delegate.status(configuration, path: invocation.path, on: node)
    case .add, .del, .check, .version: break
    }
  }
}

extension DelegateCall {
  /// Nil for operations that are about no attachment.
  init?(_ invocation: Invocation, _ configuration: PluginConfiguration) {
    guard let id = invocation.containerID, let ifName = invocation.ifName else { return nil }
    self.init(
      containerID: id, netns: invocation.netns, ifName: ifName, args: invocation.args, path: invocation.path,
      configuration: configuration)
  }
}

extension PluginConfiguration {
  /// What GC is told to keep (CNI specification, section 2). Null is an empty list; without the key nothing is freed at all.
  func validAttachments() throws(DelegateError) -> [Attachment] {
    do throws(ConfigurationError) {
      guard object.member(named: Self.validAttachmentsKey) != nil else { throw .missing(.init(Self.validAttachmentsKey)) }
      var found: [Attachment] = []
      for entry in try reader.objects(Self.validAttachmentsKey) ?? [] {
        guard let id = try entry.string("containerID") else { throw .missing(entry.path.appending("containerID")) }
        found.append(Attachment(containerID: id, ifName: try entry.string("ifname") ?? ""))
      }
      return found
    } catch { throw .configuration(error) }
  }
}

extension Node {
  /// CNI_NETNS must not be our own namespace, unless CNI_NETNS_OVERRIDE says so. A namespace that is gone is the delegate's matter.
  func refuseHostNamespace(_ invocation: Invocation) throws(DelegateError) {
    guard !invocation.allowsHostNamespace, !invocation.netns.isEmpty else { return }
    guard let identity = try? namespaceIdentity(invocation.netns), identity == host.namespace.identity else { return }
    throw .protocol(.hostNamespace(invocation.netns))
  }
}
