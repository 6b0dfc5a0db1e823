import ArgumentParser
import CNI
import Engine
import JSON
import Policy
import System

/// `braidctl render`.
struct Render: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a Pod's networks as CNI configuration lists, or the file that makes a runtime call Braid.",
    discussion: HelpText.keepingExamples(
      """
      Each interface becomes a list that would have the same effect if a runtime ran it for this interface. Notes say what the list \
      cannot express. With --output, each list becomes a file in the directory, and the notes are printed.

      Examples:
        braidctl render policy.yaml --namespace db --name postgres-0
        braidctl render policy.yaml --pod pod.yaml --output lists
        braidctl render --runtime-conflist --for kubernetes /etc/braid/policy.yaml >/etc/cni/net.d/10-braid.conflist

      Exit status: 0 rendered, 1 the Pod would be refused or a file has errors, 2 wrong usage, 3 a file cannot be read or written.
      """))

  @Argument(
    help: ArgumentHelp("A policy file, or a directory of policy files; - is stdin.", valueName: "policy"), completion: .file())
  var path: String

  @OptionGroup var pod: PodOptions

  @Flag(help: "Write the file for the runtime's directory, with all capabilities that the policy can use.")
  var runtimeConflist = false

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "With --runtime-conflist: what runs the containers. On a node of Kubernetes the last good policy stays in force while the present one has errors.",
      valueName: "platform"))
  var platform: RuntimeConflist.Platform?

  @Option(
    help: "The directory for the lists. It is made if necessary; files of the same names are replaced.", completion: .directory)
  var output: String?

  mutating func validate() throws {
    guard !runtimeConflist || !pod.isGiven && output == nil else {
      throw ValidationError(
        "--runtime-conflist applies to all Pods and writes to stdout: leave the options of a Pod and --output out")
    }
    guard platform == nil || runtimeConflist else { throw ValidationError("--for applies to --runtime-conflist only") }
    try pod.check(beside: path)
  }

  func run() throws {
    let policy = try PolicyInput.load(path, withDelegates: true)
    if runtimeConflist { return Output.answer(RuntimeConflist.json(policy, path: path, for: platform).text(pretty: true) + "\n") }
    let described = try pod.described()
    let renderings = try Self.renderings(policy, described)
    guard let output else {
      return Output.answer(JSON.array(renderings.map(\.json)).text(pretty: true) + "\n")
    }
    try write(renderings, to: output)
  }

  static func renderings(_ policy: Policy, _ described: PodDescription) throws -> [Rendering] {
    let selection = try policy.selection(described.pod, interface: described.interface)
    do throws(ProtocolError) {
      return zip(selection.attachments, try selection.preview(arguments: described.arguments)).map { Rendering($0, $1) }
    } catch {
      throw ValidationError("--arg: \(error)")
    }
  }

  private func write(_ renderings: [Rendering], to directory: String) throws(ExitStatus) {
    do throws(SystemError) {
      try TextFile.makeDirectory(directory)
      for (i, rendering) in renderings.enumerated() {
        // The number comes first because an interface name may begin with a character that a file name should not begin with. It never
        // contains a slash.
        let file = "\(directory)/\(10 + i)-\(rendering.interface)-\(rendering.network).conflist"
        try TextFile.write(rendering.conflist.text(pretty: true) + "\n", to: file)
        Output.answer("\(file)  for the interface \(rendering.interface)\n")
        for note in rendering.notes { Output.answer("  note: \(note)\n") }
      }
    } catch {
      Output.complain("braidctl: the lists cannot be written to \(directory): \(error)\n")
      throw .unreadable
    }
  }
}
