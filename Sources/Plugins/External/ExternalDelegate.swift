import CNI
import JSON
import System

/// A plugin that is somebody else's executable, run as CNI's library runs it (CNI specification, section 4).
package struct ExternalDelegate: Delegate {
  package let type: String
  /// The executable's absolute path.
  package let executable: String

  package let traits = DelegateTraits.unknown

  package func prepare(
    _ configuration: PluginConfiguration, for purpose: Purpose, on node: Node, path: [String]
  ) throws(DelegateError) -> any PreparedDelegate {
    PreparedExternal(type: type, executable: executable, configuration: configuration)
  }
}

/// An executable with the configuration that it gets on stdin.
struct PreparedExternal: PreparedDelegate {
  let type: String
  let executable: String
  let configuration: PluginConfiguration

  /// The limits of the output in bytes. More on stdout is an error; of stderr only the end is kept.
  static let output = (stdout: 4 << 20, stderr: 16 << 10)

  func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult {
    // Without a valid result the ADD has failed, and what the plugin has started must end with it.
    var result: Result<CNIResult, ExternalDelegateError>?
    _ = try run(.add, call, try previous(call), node) { output in
      do throws(ExternalDelegateError) { result = .success(try self.result(output)) } catch { result = .failure(error) }
      return if case .success = result { true } else { false }
    }
    do { return try result?.get() ?? CNIResult() } catch { throw .external(error) }
  }

  private func result(_ output: [UInt8]) throws(ExternalDelegateError) -> CNIResult {
    guard let json = try? JSON(parsing: output), let object = json.object else {
      throw .badOutput(type: type, reason: output.isEmpty ? "it printed nothing" : "it printed no JSON object")
    }
    do { return try CNIResult(object, fallback: configuration.cniVersion) } catch {
      throw .badOutput(type: type, reason: error.description)
    }
  }

  func delete(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    // If the version cannot express the previous result, DEL runs without it. A failure here would leave the attachment behind
    // for ever.
    _ = try run(.del, call, (try? call.previous.json(configuration.cniVersion)) ?? nil, node)
  }

  func check(_ call: DelegateCall, on node: Node) throws(DelegateError) {
    guard configuration.cniVersion.hasCheck else { return }
    _ = try run(.check, call, try previous(call), node)
  }

  func collectGarbage(keeping valid: [Attachment], on node: Node, path: [String]) throws(DelegateError) {
    // The specification's list cannot express all interfaces of a container. The plugin would free that container's resources, so
    // we do not call it.
    guard configuration.cniVersion.hasGarbageCollection, !valid.contains(where: \.ifName.isEmpty) else { return }
    var object = configuration.object
    object[PluginConfiguration.validAttachmentsKey] = .array(
      valid.map { ["containerID": .string($0.containerID), "ifname": .string($0.ifName)] })
    _ = try run(.gc, object, node, variables: [(.path, path.joined(separator: ":"))])
  }

  func status(on node: Node, path: [String]) throws(DelegateError) {
    guard configuration.cniVersion.hasGarbageCollection else { return }
    _ = try run(.status, configuration.object, node, variables: [(.path, path.joined(separator: ":"))])
  }
}

extension ExternalDelegate {
  /// Set in every delegate's environment. A Braid that finds it was called by another Braid, and refuses to run.
  package static let guardVariable = "BRAID_DELEGATING"
}

extension PreparedExternal {
  private func previous(_ call: DelegateCall) throws(DelegateError) -> JSON? {
    do { return try call.previous.json(configuration.cniVersion) } catch { throw .protocol(.result(error)) }
  }

  private func run(
    _ command: Command, _ call: DelegateCall, _ previous: JSON?, _ node: Node, accepts: ([UInt8]) -> Bool = { _ in true }
  ) throws(DelegateError) -> [UInt8] {
    var object = configuration.object
    if let previous { object["prevResult"] = previous }
    return try run(
      command, object, node,
      variables: [
        (.containerID, call.containerID.text), (.netns, call.netns), (.ifName, call.ifName.text), (.args, call.args.text),
        (.path, call.path.joined(separator: ":")),
      ], accepts: accepts)
  }

  /// Runs the executable and returns its stdout. Throws its error object, or the reason why there is none. `accepts` as in
  /// `ChildProcess.run`.
  private func run(
    _ command: Command, _ configuration: JSONObject, _ node: Node, variables: [(Variable, String)],
    accepts: ([UInt8]) -> Bool = { _ in true }
  ) throws(DelegateError) -> [UInt8] {
    let limits = ChildProcess.Limits(time: node.timeLimit.left, stdout: Self.output.stdout, stderr: Self.output.stderr)
    let output: ChildProcess.Output
    do {
      output = try ChildProcess.run(
        executable, arguments: [executable], environment: DelegateEnvironment.entries(variables + [(.command, command.rawValue)]),
        input: Array(JSON.object(configuration).text().utf8), limits: limits, accepts: accepts)
    } catch { throw .external(.spawn(type: type, error)) }
    let stderr = String(decoding: output.stderr, as: UTF8.self)
    switch output.ending {
    case .exited(0): return output.stdout
    case .exited(let status):
      if let json = try? JSON(parsing: output.stdout), let error = ErrorObject(json) { throw .reply(type: type, error) }
      throw .external(.failed(type: type, status: status, stderr: stderr))
    case .signaled(let signal): throw .external(.killed(type: type, signal: signal, stderr: stderr))
    case .timedOut: throw .external(.timedOut(type: type, after: limits.time))
    case .flooded: throw .external(.outputTooLarge(type: type, limit: limits.stdout))
    case .stopped(let signal): throw .external(.stopped(type: type, signal: signal))
    }
  }
}
