import CNI
import Diagnostics
import Engine
import NetworkTypes
import Policy

/// Why the plugin would refuse a Pod, in its own words.
struct Refusal: Error {
  let text: String
  /// The reason if the Pod gets no attachments at all.
  var selection: SelectionError?
}

/// What a Pod gets by a policy, and why.
struct Explanation {
  /// A rule before the one that matched, and why it does not match.
  struct Skipped {
    let rule: Rule
    let reasons: [Mismatch]
  }

  let described: PodDescription
  let skipped: [Skipped]
  /// Nil if no rule matches.
  let rule: Rule?
  /// What the Pod would get, or why the plugin would refuse it. Nil if the runtime would not call the plugin.
  let outcome: Result<Selection, Refusal>?
  let assumptions: [String]
  /// What the author of the Pod should know: what the Pod asks for and does not get.
  let notes: [String]

  init(_ policy: Policy, _ described: PodDescription) {
    self.described = described
    guard !described.isOnHost else {
      (skipped, rule, outcome, assumptions, notes) = ([], nil, nil, described.assumptions.map(\.text), described.notes)
      return
    }
    let position = policy.rules.firstIndex { $0.match.matches(described.pod) }
    rule = position.map { policy.rules[$0] }
    skipped = policy.rules[..<(position ?? policy.rules.endIndex)].map {
      Skipped(rule: $0, reasons: $0.match.mismatches(described.pod))
    }
    let outcome: Result<Selection, Refusal>
    do throws(Refusal) {
      outcome = .success(try Self.selection(policy, described))
    } catch { outcome = .failure(error) }
    self.outcome = outcome
    notes = described.notes + ((try? outcome.get())?.unservedPorts(described.hostPorts) ?? [])
    assumptions = described.assumptionTexts(policy)
  }

  /// What an ADD would plan. Runs the checks of an ADD.
  private static func selection(_ policy: Policy, _ described: PodDescription) throws(Refusal) -> Selection {
    let selection: Selection
    do { selection = try policy.select(described.pod, interface: described.interface) } catch {
      throw Refusal(text: error.description, selection: error)
    }
    let refusal: ErrorObject?
    do { refusal = try selection.refusal(arguments: described.arguments) } catch { refusal = ErrorObject(error) }
    if let refusal { throw Refusal(text: refusal.text) }
    return selection
  }

  /// The attachment that owns the default route of a family.
  func owner(of family: AddressFamily) -> SelectedAttachment? {
    guard case .success(let selection)? = outcome else { return nil }
    return selection.attachments.first { $0.ownsDefaultRoute(family) }
  }
}

extension Selection {
  /// A note about ports of the node that no plugin forwards. The runtime asks the first interface for them.
  fileprivate func unservedPorts(_ ports: [String]) -> [String] {
    guard !ports.isEmpty, let network = attachments.first?.network, !network.accepts(.portMappings) else { return [] }
    return [
      "hostPort \(ports.joined(separator: ", ")) reaches nothing: no plugin of the network \(quoted(network.name.text)) accepts "
        + "portMappings; add the plugin portmap to its chain"
    ]
  }
}

extension PodDescription {
  /// The assumptions about the Pod that matter for this policy.
  func assumptionTexts(_ policy: Policy) -> [String] {
    var texts = assumptions.map(\.text)
    if hasUnseenLabels, policy.rules.contains(where: { $0.match.asksForLabels }) {
      texts.append(
        "the manifest's labels do not count, because most runtimes do not pass labels on; if yours does, give them with --label")
    }
    if !pod.annotations.isEmpty {
      texts.append(
        "the runtime passes annotations on, because Braid's configuration declares the capability \(Pod.annotationsCapability)")
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
