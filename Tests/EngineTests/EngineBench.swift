import CNI
import Foundation
import JSON
import NetworkTypes
import Plugins
import TestSupport

@testable import Engine

/// A program in this process: its variables, stdin and stdout are values.
struct EngineBench {
  let directory: TemporaryDirectory

  init(_ policy: String? = nil) throws {
    directory = try TemporaryDirectory()
    if let policy {
      try directory.write(
        "policy.yaml",
        "apiVersion: braid/v1\nkind: Policy\n" + policy.replacingOccurrences(of: "DIR", with: directory.path))
    }
  }

  /// `braid`'s configuration with more keys.
  func configuration(_ more: JSONObject = [:], version: String = "1.1.0") -> JSONObject {
    var object: JSONObject = [
      "cniVersion": .string(version), "name": "braid", "type": "braid", "policy": .string(directory["policy.yaml"]),
      "stateDir": .string(directory["state"]),
    ]
    object.members += more.members
    return object
  }

  func variables(
    _ command: String, netns: String = "/run/netns/braid-test-none", id: String = "c1", args: String = "",
    path: String? = nil
  ) -> [Variable: String] {
    [
      .command: command, .containerID: id, .netns: netns, .ifName: "eth0", .args: args,
      .path: path ?? directory.path,
    ]
  }

  func invocation(_ variables: [Variable: String]) throws -> Invocation { try Invocation { variables[$0] } }

  func engine(_ more: JSONObject = [:], report: OperationReport = OperationReport()) throws -> Engine {
    try Engine(BraidConfiguration(try PluginConfiguration(configuration(more))), node: try Node(), report: report)
  }

  /// The input of a program and its answer.
  struct Answered {
    let answer: Program.Answer
    let report: OperationReport
    let stdout: String

    var error: ErrorObject? { if case .error(let error, _) = answer { error } else { nil } }
  }

  /// Runs the program of this name. Unless `isRead`, its output fails as if nobody read it.
  func run(
    as name: String = "braid", _ variables: [Variable: String], stdin: String, isRead: Bool = true, isBelowBraid: Bool = false
  ) -> Answered {
    let report = OperationReport()
    let stdout = Captured()
    let surroundings = Surroundings(
      variable: { variables[$0] }, isBelowBraid: isBelowBraid, input: { Array(stdin.utf8) },
      output: { bytes in
        if isRead { stdout.text += String(decoding: bytes, as: UTF8.self) }
        return isRead
      })
    let answer = Program.answer(as: name, surroundings, report)
    return Answered(answer: answer, report: report, stdout: stdout.text)
  }

  private final class Captured { var text = "" }
}

// Literals in tests are valid, so `try!` cannot fail.
func name(_ text: String) -> InterfaceName { try! InterfaceName(text) }
func network(_ text: String) -> NetworkName { try! NetworkName(text) }
func cidr(_ text: String) -> CIDR { try! CIDR(text) }
func ip(_ text: String) -> IPAddress { try! IPAddress(text) }
func mac(_ text: String) -> MACAddress { try! MACAddress(text) }

/// The error of the engine that `body` must throw.
func engineError(_ body: () throws -> Void) -> EngineError? {
  do { try body() } catch { return error as? EngineError }
  return nil
}
