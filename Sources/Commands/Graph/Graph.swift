import ArgumentParser
import Diagnostics
import Policy

/// `braidctl graph`.
struct Graph: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw a policy: the Pods' interfaces, their networks, and the links of the node that the networks use.",
    discussion: HelpText.keepingExamples(
      """
      Examples:
        braidctl graph policy.yaml >policy.svg
        braidctl graph --format dot policy.yaml | dot -Tpdf >policy.pdf
        braidctl graph --format mermaid /etc/braid/policy.d
        braidctl graph policy.yaml --namespace db --name postgres-0 >postgres.svg

      If you name no Pod, the picture shows the whole policy, with a box for each rule.

      Exit status: 0 drawn, 1 the policy has errors or refuses the Pod, 2 wrong usage, 3 a file cannot be read.
      """))

  @Argument(
    help: ArgumentHelp("A policy file, or a directory of policy files; - is stdin.", valueName: "policy"), completion: .file())
  var path: String

  @Option(help: "svg (a picture), dot (for Graphviz) or mermaid (for Markdown).")
  var format = GraphFormat.svg

  @OptionGroup var pod: PodOptions

  func validate() throws { try pod.check(beside: path) }

  func run() throws {
    let policy = try PolicyInput.load(path, withDelegates: true)
    guard pod.isGiven else { return Output.answer(Wiring(policy, title: path).text(format)) }
    let described = try pod.described()
    let selection = try policy.selection(described.pod, interface: described.interface)
    for text in described.assumptionTexts(policy) { Output.complain("assumed: \(harmless(text, limit: 4000))\n") }
    Output.answer(Wiring(described.pod, selection, title: path).text(format))
  }
}

/// The values of `--format`.
enum GraphFormat: String, CaseIterable, ExpressibleByArgument {
  case svg, dot, mermaid
}

extension Wiring {
  func text(_ format: GraphFormat) -> String {
    switch format {
    case .svg: svg
    case .dot: dot
    case .mermaid: mermaid
    }
  }
}
