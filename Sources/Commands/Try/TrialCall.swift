import CNI
import Glibc
import JSON
import NetworkTypes
import PluginModel
import Policy
import System

/// Calls braid as a runtime would call it for the Pod.
struct TrialCall {
  let braid: String
  let pod: Pod
  let interface: InterfaceName
  let netns: String
  /// CNI_PATH.
  let path: [String]
  /// The derived policy's file.
  let policy: String
  let stateDir: String

  enum Answer {
    case succeeded(JSON?)
    /// The text of the error object. If there is none: how braid ended, and its stderr.
    case failed(String)
  }

  static let containerID = "braidctl-try"
  private static let limits = ChildProcess.Limits(time: Waits.trialCall, stdout: 16 << 20, stderr: 64 << 10)

  func run(_ command: Command) throws(TrialError) -> Answer {
    let environment = try self.environment(command)
    let input = Array(configuration.text().utf8)
    let output = try system { () throws(SystemError) in
      try ChildProcess.run(
        braid, arguments: [braid], environment: environment.map { Array($0.utf8) }, input: input, limits: Self.limits)
    }
    let text = String(decoding: output.stdout, as: UTF8.self)
    let json = try? JSON(parsing: text)
    if output.ending == .exited(0) { return .succeeded(json) }
    if let error = json?.object, let code = error["code"]?.int, let message = error["msg"]?.string {
      let details = error["details"]?.string ?? ""
      return .failed("code \(code): \(message)\(details.isEmpty ? "" : "; \(details)")")
    }
    let words = String(decoding: output.stderr, as: UTF8.self)
    return .failed("\(braid): \(Self.text(output.ending))\(words.isEmpty ? "" : ": \(words)")")
  }

  private static func text(_ ending: ChildProcess.Ending) -> String {
    switch ending {
    case .exited(let status): "exit status \(status) without an error object"
    case .signaled(let signal): "ended by signal \(signal)"
    case .timedOut: "no answer within \(limits.time.wholeSeconds)"
    case .flooded: "more output than \(limits.stdout) bytes"
    case .stopped(let signal): "ended, because signal \(signal) asked for it"
    }
  }

  private func environment(_ command: Command) throws(TrialError) -> [String] {
    let variables = getenv("PATH").map { ["PATH=\(String(cString: $0))"] } ?? []
    return variables + [
      "CNI_COMMAND=\(command.rawValue)", "CNI_CONTAINERID=\(Self.containerID)", "CNI_NETNS=\(netns)", "CNI_IFNAME=\(interface)",
      "CNI_ARGS=\(try arguments())", "CNI_PATH=\(path.joined(separator: ":"))",
    ]
  }

  /// CNI_ARGS, in the order in which CRI-O writes the keys.
  private func arguments() throws(TrialError) -> String {
    var pairs: [(String, String)] = [("IgnoreUnknown", "1")]
    if let namespace = pod.namespace { pairs.append(("K8S_POD_NAMESPACE", namespace)) }
    if let name = pod.name { pairs.append(("K8S_POD_NAME", name)) }
    pairs.append(("K8S_POD_INFRA_CONTAINER_ID", Self.containerID))
    if let uid = pod.uid { pairs.append(("K8S_POD_UID", uid)) }
    pairs += pod.otherArguments.sorted.map { ($0.name, $0.text) }
    for (key, value) in pairs where (key + value).utf8.contains(where: { $0 == UInt8(ascii: ";") || $0 == 0 }) {
      throw .argument("\(key)=\(value)")
    }
    return pairs.map { "\($0.0)=\($0.1)" }.joined(separator: ";")
  }

  private var configuration: JSON {
    var object: JSONObject = [
      "cniVersion": "1.0.0", "name": .string(Plugin.braid.type), "type": .string(Plugin.braid.type),
      "policy": .string(policy), "stateDir": .string(stateDir),
    ]
    if !pod.annotations.isEmpty {
      let annotations = pod.annotations.sorted.map { JSONObject.Member($0.name, .string($0.text)) }
      object["capabilities"] = .object([Pod.annotationsCapability: true])
      object["runtimeConfig"] = .object([Pod.annotationsCapability: .object(JSONObject(annotations))])
    }
    if !pod.labels.isEmpty {
      let labels = pod.labels.sorted.map { JSONObject.Member($0.name, .string($0.text)) }
      object["args"] = ["cni": ["labels": .object(JSONObject(labels))]]
    }
    return .object(object)
  }
}
