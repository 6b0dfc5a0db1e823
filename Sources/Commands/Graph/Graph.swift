import ArgumentParser
import Policy

/// `braidctl graph`.
struct Graph: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw a policy: Pods' interfaces, their networks, and the links of the node they stand on.",
    discussion: """
      Examples:
        braidctl graph policy.yaml >policy.svg
        braidctl graph --format dot policy.yaml | dot -Tpdf >policy.pdf
        braidctl graph --format mermaid /etc/braid/policy.d

      Exit status: 0 drawn, 1 the policy has errors, 2 wrong usage, 3 a file cannot be read.
      """)

  @Argument(help: "A policy file or a directory of them; - is stdin.", completion: .file())
  var policy: String

  @Option(help: "svg (a picture), dot (for Graphviz) or mermaid (for Markdown).")
  var format = GraphFormat.svg

  func run() throws { Output.answer(Wiring(try PolicyInput.load(policy), title: policy).text(format)) }
}

/// What `--format` may be.
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
