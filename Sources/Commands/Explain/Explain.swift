import ArgumentParser

/// `braidctl explain`.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell what a Pod gets by a policy, and why.",
    discussion: """
      Shows which rule matches and why each one before it does not, the interfaces, where their addresses come from, and who has the
      default route: what the plugin would do, without a node. A Pod that would be refused is told with the plugin's reason.

      Examples:
        braidctl explain policy.yaml --pod deployment.yaml
        braidctl explain policy.yaml --namespace db --name postgres-0
        braidctl explain --format json policy.yaml --annotation k8s.v1.cni.cncf.io/networks=storage

      Exit status: 0 the Pod gets its network, 1 it would be refused or a file has errors, 2 wrong usage, 3 a file cannot be read.
      """)

  @Argument(help: "A policy file or a directory of them; - is stdin.", completion: .file())
  var policy: String

  @OptionGroup var pod: PodOptions

  @Option(help: "text or json.")
  var format = AnswerFormat.text

  func run() throws {
    let explanation = Explanation(try PolicyInput.load(policy), try pod.described())
    switch format {
    case .text: Output.answer(explanation.text)
    case .json: Output.answer(explanation.json.text(pretty: true) + "\n")
    }
    if case .failure = explanation.outcome { throw ExitStatus.findings }
  }
}

/// What `--format` may be where there is one form for people and one for programs.
enum AnswerFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json
}
