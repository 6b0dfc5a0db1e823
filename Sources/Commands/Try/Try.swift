import ArgumentParser
import Diagnostics
import Glibc
import NetworkTypes
import Policy

/// `braidctl try`.
struct Try: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Build a Pod in scratch namespaces as the policy says, look at it, and take it down (root).",
    discussion: HelpText.keepingExamples(
      """
      The node of the trial is an empty network namespace. The trial neither reads nor changes this machine's network or the policy's \
      directories. Veth pairs take the place of links that the policy expects on a node, with the networks' gateways at their other \
      ends. braidctl calls Braid like a runtime: ADD, CHECK, DEL. After the ADD it asks the kernel and pings the gateways.

      Example:
        braidctl try policy.yaml --namespace db --name postgres-0

      Exit status: 0 all went well, 1 something failed or the policy has errors, 2 wrong usage or this machine cannot run a trial, \
      3 a file cannot be read.
      """))

  @Argument(help: "A policy file, or a directory of policy files; - is stdin.", completion: .file())
  var policy: String

  @OptionGroup var pod: PodOptions

  @Option(
    help:
      "The braid to call. Default: the one beside braidctl, or in a directory where runtimes look for plugins, such as /opt/cni/bin.",
    completion: .file())
  var braid: String?

  @Option(
    help:
      "The directories of external plugins, separated by colons as in CNI_PATH. Default: /opt/cni/bin, /usr/lib/cni and /usr/libexec/cni."
  )
  var cniPath: String?

  @OptionGroup var colour: ColourOption

  /// Where runtimes look for plugins.
  private static let usualDirectories = ["/opt/cni/bin", "/usr/lib/cni", "/usr/libexec/cni"]

  func validate() throws { try pod.check(beside: policy) }

  func run() throws {
    let policy = try PolicyInput.load(policy, withDelegates: true)
    let described = try pod.described()
    let selection = try policy.selection(described.pod, interface: described.interface)
    do throws(TrialError) {
      let directories = cniPath?.split(separator: ":").map(String.init) ?? Self.usualDirectories
      let program = try program()
      for text in described.assumptionTexts(policy) { Output.complain("assumed: \(harmless(text, limit: 4000))\n") }
      for text in described.notes { Output.complain("note: \(harmless(text, limit: 4000))\n") }
      let path = self.policy
      if try Self.run(policy, path, described, selection, braid: program, directories, colour.paint) { return }
    } catch {
      Output.complain("braidctl try: \(harmless(error.description, limit: 4000))\n")
      if case .interrupted(let number) = error { Self.end(by: number) }
      throw ExitStatus.usage
    }
    throw ExitStatus.findings
  }

  private static func run(
    _ policy: Policy, _ path: String, _ described: PodDescription, _ selection: Selection, braid: String,
    _ directories: [String], _ paint: Paint
  ) throws(TrialError) -> Bool {
    Interruption.watch()
    signal(SIGCHLD, SIG_DFL)
    let directory = try ScratchDirectory()
    defer { directory.remove() }
    let trial = Trial(
      policy: policy, path: path == "-" ? "<stdin>" : path, pod: described.pod, selection: selection,
      interface: described.interface, braid: braid, cniPath: directories
    ) { line in
      let text = harmless(line, limit: 4000)
      Output.answer((Trial.style(of: line).map { paint(text, $0) } ?? text) + "\n")
    }
    return try trial.run(in: directory)
  }

  /// The absolute path of braid: the one given by --braid, else the one beside braidctl, else one where runtimes look for plugins.
  private func program() throws(TrialError) -> String {
    let usual = ([Self.directory] + Self.usualDirectories).map { "\($0)/braid" }
    let candidates = braid.map { [$0] } ?? usual
    for path in candidates where access(path, X_OK) == 0 {
      guard let resolved = realpath(path, nil) else { continue }
      defer { free(resolved) }
      return String(cString: resolved)
    }
    throw .noProgram(candidates)
  }

  /// The directory of braidctl itself.
  private static var directory: String {
    var own = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let count = own.withUnsafeMutableBytes { bytes in
      bytes.baseAddress.map { readlink("/proc/self/exe", $0, bytes.count) } ?? 0
    }
    let parts = String(decoding: own.prefix(max(0, count)), as: UTF8.self).split(separator: "/").dropLast()
    return parts.map { "/\($0)" }.joined()
  }

  /// Ends the process by the signal itself, so that a shell sees how it ended.
  private static func end(by number: Int32) -> Never {
    signal(number, SIG_DFL)
    kill(getpid(), number)
    Glibc.exit(128 + number)
  }
}
