import Foundation
import Glibc
import JSON
import Synchronization
import TestSupport
import Testing

/// A container of a case: its ID, its namespace, and the name of its interface.
final class Pod: Sendable {
  let id: String
  let ifName: String
  let namespace: ScratchNamespace

  private static let counter = Atomic(0)

  init(ifName: String = "eth0") throws {
    id = "pod-\(getpid())-\(Self.counter.add(1, ordering: .relaxed).newValue)"
    self.ifName = ifName
    namespace = try ScratchNamespace()
  }

  /// Another attachment of the same container.
  init(of other: Pod, ifName: String) { (id, namespace, self.ifName) = (other.id, other.namespace, ifName) }
}

/// The surroundings of one case: a node, a container, the executables, and a directory for their files.
final class Bench {
  let plugin: Plugin
  let spec: Spec
  let node: ScratchNamespace
  let directory: TemporaryDirectory
  /// The directory of the executables under test, which is CNI_PATH too.
  let executables: String
  lazy var pod: Pod = { try! Pod() }()
  /// Goes through the configuration of every ADD beforehand.
  var rehearsal: Rehearsal?
  /// Other benches whose files must outlive the case.
  private var kept: [Bench] = []

  init(_ plugin: Plugin, _ spec: Spec) throws {
    (self.plugin, self.spec) = (plugin, spec)
    node = try ScratchNamespace()
    directory = try TemporaryDirectory()
    executables = try Subject.directory ?? Self.links(in: directory)
  }

  private static func links(in directory: TemporaryDirectory) throws -> String {
    let bin = directory["bin"]
    try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: true)
    for plugin in Plugin.allCases {
      try FileManager.default.createSymbolicLink(atPath: "\(bin)/\(plugin.rawValue)", withDestinationPath: Products.braid)
    }
    return bin
  }

  func keep(_ other: Bench) { kept.append(other) }

  var dataDir: String { directory["networks"] }

  /// The whole configuration: the case's own keys, and defaults for version, name, type and host-local's directory.
  func configuration(_ own: JSONObject) -> JSONObject {
    var whole: JSONObject = [
      "cniVersion": .string(spec.rawValue), "name": "net1", "type": .string(plugin.rawValue),
    ]
    for member in own.members { whole[member.name] = member.value }
    if var ipam = whole["ipam"]?.object, ipam["type"] == "host-local", ipam["dataDir"] == nil {
      ipam["dataDir"] = .string(dataDir)
      whole["ipam"] = .object(ipam)
    }
    return whole
  }

  /// A call of the plugin in the node's namespace. `change` may change any part of it.
  func call(
    _ command: String, _ own: JSONObject, _ pod: Pod? = nil, from directory: String? = nil,
    change: (inout PluginCall) -> Void = { _ in }
  ) throws -> PluginAnswer {
    var call = prepared(command, own, pod ?? self.pod, from: directory)
    change(&call)
    return try call.run(on: node)
  }

  func prepared(_ command: String, _ own: JSONObject, _ pod: Pod, from directory: String? = nil) -> PluginCall {
    let from = directory ?? executables
    var call = PluginCall(
      "\(from)/\(plugin.rawValue)", containerID: pod.id, netns: pod.namespace, configuration: .object(configuration(own)))
    (call.command, call.ifName, call.path) = (command, pod.ifName, from)
    return call
  }
}

// MARK: The operations

extension Bench {
  /// An ADD that must succeed, with a result that the version of the specification allows.
  func add(
    _ own: JSONObject, _ pod: Pod? = nil, from directory: String? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    change: (inout PluginCall) -> Void = { _ in }
  ) throws -> JSON {
    try rehearsal?.run(self, own, change: change)
    let answer = try call("ADD", own, pod, from: directory, change: change)
    let result = JSON.object(try answer.result())
    let asked = configuration(own)["cniVersion"]?.string.flatMap(Spec.init) ?? .v010
    for flaw in ResultShape(asked).flaws(result) { Issue.record("\(flaw): \(answer)", sourceLocation: sourceLocation) }
    return result
  }

  /// A DEL that must succeed and say nothing.
  func delete(
    _ own: JSONObject, _ pod: Pod? = nil, from directory: String? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    change: (inout PluginCall) -> Void = { _ in }
  ) throws {
    expectSilence(try call("DEL", own, pod, from: directory, change: change), sourceLocation)
  }

  /// A CHECK with an earlier result that must succeed and say nothing.
  func check(
    _ own: JSONObject, after result: JSON, _ pod: Pod? = nil, sourceLocation: SourceLocation = #_sourceLocation,
    change: (inout PluginCall) -> Void = { _ in }
  ) throws {
    expectSilence(try call("CHECK", own.with("prevResult", result), pod, change: change), sourceLocation)
  }

  private func expectSilence(_ answer: PluginAnswer, _ sourceLocation: SourceLocation) {
    #expect(answer.succeeded && answer.output.stdout.isEmpty, "\(answer)", sourceLocation: sourceLocation)
  }

  /// A call that must fail with this code and, if given, with exactly this text (`msg`, or `msg; details`).
  func refuses(
    _ command: String, _ own: JSONObject, _ code: Int, _ text: String? = nil, _ pod: Pod? = nil,
    sourceLocation: SourceLocation = #_sourceLocation, change: (inout PluginCall) -> Void = { _ in }
  ) throws {
    let answer = try call(command, own, pod, change: change)
    answer.expectError(code, text, sourceLocation: sourceLocation)
  }
}

extension PluginAnswer {
  func expectError(_ code: Int, _ text: String? = nil, sourceLocation: SourceLocation = #_sourceLocation) {
    guard let error = try? error() else {
      Issue.record("not an error: \(self)", sourceLocation: sourceLocation)
      return
    }
    #expect(status == 1 && error.code == code && (text == nil || error.text == text), "\(self)", sourceLocation: sourceLocation)
  }
}
