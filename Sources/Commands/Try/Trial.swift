import CNI
import JSON
import Netlink
import NetworkTypes
import Policy
import System

/// Lets braid build one Pod in namespaces that nobody else sees, looks at the Pod, and lets braid take it down again.
struct Trial {
  let policy: Policy
  /// The path of the policy, as the user named it.
  let path: String
  let pod: Pod
  let selection: Selection
  /// CNI_IFNAME. The Pod's first interface may have another name if the Pod asked for it.
  let interface: InterfaceName
  /// The path of the program.
  let braid: String
  /// The directories of external plugins.
  let cniPath: [String]
  /// Receives each line of the report as soon as it is known.
  let say: (String) -> Void

  /// Runs the trial. True if all went well. The thread enters a network namespace and stays there.
  func run(in directory: ScratchDirectory) throws(TrialError) -> Bool {
    let node = try TrialNamespace.enter()
    let container = try TrialNamespace.make(from: node)
    sayPlan()
    let standIns = StandIn.needed(by: selection.attachments)
    if !standIns.isEmpty { say("Stand-ins for links of the node:") }
    var lans: [TrialNamespace] = []
    for standIn in standIns {
      say("  \(standIn.description)")
      if let lan = try standIn.make(on: node) { lans.append(lan) }
    }
    defer { _ = lans }
    let call = try call(container, directory)
    let help = PlaceMap(policy: policy, path: path, selection: selection, derived: call.policy)
    let before = Set(try KernelView(node).links.map(\.name))
    try Interruption.check()
    let answer = try call.run(.add)
    var isWell = false
    var interruption: TrialError?
    switch answer {
    case .failed(let text):
      say("ADD: FAILED: \(help.original(text))")
      if text.contains(Self.missingPlugin) { say("  give the directory of the plugin with --cni-path") }
    case .succeeded(let result):
      say("ADD: done")
      do throws(TrialError) { isWell = try look(call, result, node, container, standIns) } catch { interruption = error }
      isWell = try finish(call, .del) && isWell
    }
    isWell = try sayLeft(directory, node, container, before) && isWell
    if let interruption { throw interruption }
    try Interruption.check()
    say(isWell ? "All is well." : "Not all is well.")
    return isWell
  }

  /// The words of an ADD that lacks an executable (`ErrorObject`).
  private static let missingPlugin = "failed to find plugin"

  /// The colour of a line of the report. Nil for none.
  static func style(of line: String) -> Paint.Style? {
    if line.contains("FAILED") || line.contains("NO ANSWER") || line == "LEFT BEHIND:" || line == "Not all is well." {
      return .bad
    }
    if line.hasSuffix(": done") || line.hasSuffix(": answered") || line == "Nothing is left." || line == "All is well." {
      return .good
    }
    return line.hasSuffix(":") && !line.hasPrefix(" ") ? .heading : nil
  }

  private func sayPlan() {
    say("\(pod.description), by rule \(selection.rule.name):")
    for attachment in selection.attachments {
      let network = attachment.network
      say("  \(attachment.interface): \(network.name), \(([network.chainText] + network.addressTexts).joined(separator: "; "))")
    }
  }

  private func call(_ container: TrialNamespace, _ directory: ScratchDirectory) throws(TrialError) -> TrialCall {
    let derived = DerivedPolicy(policy: policy, selection: selection, state: directory.path)
    let file = "\(directory.path)/policy.yaml"
    try system { () throws(SystemError) in try TextFile.write(derived.json.text(pretty: true), to: file) }
    return TrialCall(
      braid: braid, pod: pod, interface: interface, netns: container.path,
      path: cniPath.isEmpty ? [directory.path] : cniPath, policy: file, stateDir: "\(directory.path)/state")
  }

  /// Looks at the Pod after an ADD: kernel, pings, CHECK. True if all is well.
  private func look(
    _ call: TrialCall, _ result: JSON?, _ node: TrialNamespace, _ container: TrialNamespace, _ standIns: [StandIn]
  ) throws(TrialError) -> Bool {
    try Interruption.check()
    let view = try KernelView(container)
    say("In the Pod, as the kernel has it:")
    for line in view.lines(where: { _ in true }) { say("  \(line)") }
    try sayNode(KernelView(node), standIns)
    let probes = Probe.all(of: selection.attachments, view, result, standIns)
    let answered = try ping(probes, node, container)
    try Interruption.check()
    return try finish(call, .check) && answered
  }

  private func sayNode(_ view: KernelView, _ standIns: [StandIn]) {
    let names = standIns.map(\.name.text)
    let lines = view.lines { !names.contains($0.name) && ($0.kind.isBridge || !view.addresses(of: $0.name).isEmpty) }
    if !lines.isEmpty { say("On the node:") }
    for line in lines { say("  \(line)") }
  }

  /// Sends the pings. True if everybody answered who must answer.
  private func ping(_ probes: [Probe], _ node: TrialNamespace, _ container: TrialNamespace) throws(TrialError) -> Bool {
    var isWell = true
    if !probes.isEmpty { say("Pings:") }
    for probe in probes {
      try Interruption.check()
      let isAnswered = try container.visit(from: node) { () throws(TrialError) in
        try system { () throws(SystemError) in try probe.echo.isAnswered() }
      }
      isWell = isWell && (isAnswered || !probe.mustBeAnswered)
      let verdict = isAnswered ? "answered" : probe.mustBeAnswered ? "NO ANSWER" : "no answer, but none is required"
      say("  \(probe.echo.interface) \(probe.echo.source) to \(probe.echo.target): \(verdict)")
    }
    return isWell
  }

  private func finish(_ call: TrialCall, _ command: CNI.Command) throws(TrialError) -> Bool {
    switch try call.run(command) {
    case .succeeded:
      say("\(command.rawValue): done")
      return true
    case .failed(let text):
      say("\(command.rawValue): FAILED: \(text)")
      return false
    }
  }

  private func sayLeft(
    _ directory: ScratchDirectory, _ node: TrialNamespace, _ container: TrialNamespace, _ before: Set<String>
  ) throws(TrialError) -> Bool {
    let left = try Leftovers.find(in: directory.path, node, container, before: before)
    say(left.isEmpty ? "Nothing is left." : "LEFT BEHIND:")
    for line in left { say("  \(line)") }
    return left.isEmpty
  }
}

extension LinkKind {
  var isBridge: Bool { if case .bridge = self { true } else { false } }
}
