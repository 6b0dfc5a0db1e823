import ArgumentParser
import Diagnostics

/// `braidctl explain`.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show which networks a policy gives to a Pod, and why; or what a finding means.",
    discussion: HelpText.keepingExamples(
      """
      Shows what the plugin would do, without a node: which rule matches, and why each rule before it does not; the interfaces; where \
      their addresses come from; and which of them has the default route. It runs the checks that the plugin runs before it makes \
      anything; if the plugin would refuse the Pod, shows its reason.

      With the code of a finding instead of a policy, prints the page of this finding: what it means, why it matters, and an example.

      Examples:
        braidctl explain policy.yaml --pod deployment.yaml
        braidctl explain policy.yaml --namespace db --name postgres-0
        braidctl explain --format json policy.yaml --annotation k8s.v1.cni.cncf.io/networks=storage
        braidctl explain BRD0203

      Exit status: 0 the Pod gets its network, 1 it would be refused or a file has errors, 2 wrong usage, 3 a file cannot be read.
      """))

  @Argument(help: "A policy file, or a directory of policy files, or - for stdin; or the code of a finding.", completion: .file())
  var policy: String?

  @Flag(help: "List the codes of all findings.")
  var findings = false

  @OptionGroup var pod: PodOptions

  @Option(help: "text or json.")
  var format = AnswerFormat.text

  @OptionGroup var colour: ColourOption

  func validate() throws {
    if policy == nil, !findings { throw ValidationError("Missing expected argument '<policy>'") }
    try pod.check(beside: policy)
  }

  func run() throws {
    guard !findings, let policy else { return Output.answer(FindingIndex.list) }
    if FindingPage.isCode(policy) { return try answer(finding: policy) }
    let explanation = Explanation(try PolicyInput.load(policy), try pod.described())
    switch format {
    case .text: Output.answer(explanation.text(in: colour.paint))
    case .json: Output.answer(explanation.json.text(pretty: true) + "\n")
    }
    if case .failure? = explanation.outcome { throw ExitStatus.findings }
  }

  private func answer(finding code: String) throws {
    guard let known = DiagnosticCode.named(code) else {
      Output.complain(FindingPage.unknown(code) + "\n")
      throw ExitStatus.usage
    }
    Output.answer(known.pageText)
  }
}

/// The values of `--format` for a command with one format for people and one for programs.
enum AnswerFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json
}
