import Diagnostics
import NetworkTypes
import Policy

/// What a Pod gets by a policy, and why.
struct Explanation {
  /// A rule that was looked at before the one that matched.
  struct Skipped {
    let rule: Rule
    let reasons: [Mismatch]
  }

  let described: PodDescription
  let skipped: [Skipped]
  /// Nil where no rule matches.
  let rule: Rule?
  /// What the plugin would get, or why it would refuse the Pod.
  let outcome: Result<Selection, SelectionError>
  let assumptions: [String]

  init(_ policy: Policy, _ described: PodDescription) {
    self.described = described
    let position = policy.rules.firstIndex { $0.match.matches(described.pod) }
    rule = position.map { policy.rules[$0] }
    skipped = policy.rules[..<(position ?? policy.rules.endIndex)].map {
      Skipped(rule: $0, reasons: $0.match.mismatches(described.pod))
    }
    do throws(SelectionError) {
      outcome = .success(try policy.select(described.pod, interface: described.interface))
    } catch { outcome = .failure(error) }
    assumptions = described.assumptionTexts(policy)
  }

  /// Who has the default route of a family.
  func owner(of family: AddressFamily) -> SelectedAttachment? {
    guard case .success(let selection) = outcome else { return nil }
    return selection.attachments.first { $0.ownsDefaultRoute(family) }
  }
}

extension PodDescription {
  /// What was taken for granted about the Pod, as far as the policy asks for it.
  func assumptionTexts(_ policy: Policy) -> [String] {
    var texts = assumptions.map(\.text)
    if hasUnseenLabels, policy.rules.contains(where: { $0.match.asksForLabels }) {
      texts.append(
        "the manifest's labels do not count: runtimes do not hand them over; --label gives those of a runtime that does")
    }
    if !pod.annotations.isEmpty {
      texts.append(
        "the runtime hands annotations over: its configuration declares the capability \(Pod.annotationsCapability)")
    }
    return texts
  }
}

extension Match {
  fileprivate var asksForLabels: Bool {
    conditions.contains { condition in
      switch condition {
      case .value(.label, _, _): true
      case .not(let match): match.asksForLabels
      default: false
      }
    }
  }
}
