import Diagnostics
import PluginModel
import YAML

/// Builds a draft of the policy from documents, and reports every mistake in their shape.
///
/// The draft leaves out wrong parts, so that the checks of the meaning can run on the rest.
struct PolicyDecoder {
  private(set) var draft = PolicyDraft()
  var findings = Findings()

  mutating func add(_ document: YAMLDocument) {
    if Conflist.isOne(document.root), document.root["networks"] == nil {
      findings.append(
        Diagnostic(
          .missingKey, "this is a CNI configuration, not a policy",
          at: Span(document.file, document.root.mapping?.first?.keyRange ?? document.root.range),
          help: "braidctl import converts it into a policy"))
      draft.files.append(document.file)
      draft.isPartial = true
      return
    }
    var checker = ShapeChecker(document.file)
    checker.check(document.root, .object(Self.shape(of: document.root)), what: "a policy")
    findings.append(contentsOf: checker.findings)
    draft.files.append(document.file)
    // Nobody knows what the keys mean in another version.
    if let version = document.root["apiVersion"]?.value.string, version != "braid/v1" {
      draft.isPartial = true
      return
    }
    if document.root["rules"]?.value.sequence == nil, document.root["rules"] != nil || document.root.mapping == nil {
      draft.isPartial = true
    }
    // The rules are probably under a misspelt key, which has been reported.
    if document.root["rules"] == nil,
      Suggestion.closest(to: "rules", among: document.root.mapping?.prefix(50).map(\.key) ?? []) != nil
    {
      draft.isPartial = true
    }
    var reader = FileDecoder(file: document.file)
    for pair in document.root["networks"]?.value.mapping ?? [] {
      if let network = reader.network(pair) { draft.networks.append(network) }
    }
    for node in document.root["rules"]?.value.sequence ?? [] { draft.rules.append(reader.rule(node)) }
    for node in document.root["requests"]?.value.sequence ?? [] { draft.requests.append(reader.request(node)) }
    findings.append(contentsOf: reader.findings)
  }
}

extension PolicyDecoder {
  /// The shape to check a document against. A document of Multus is checked only for `apiVersion` and `kind`: findings about its
  /// other keys would hide the advice to import it.
  private static func shape(of root: YAMLNode) -> Shape {
    let policy = PolicyTable.policy
    let isOfMultus = root["apiVersion"]?.value.string?.hasPrefix(PolicyText.definitionGroup) ?? false
    guard isOfMultus || root["kind"]?.value.string == PolicyText.definition else { return policy }
    let head = policy.keys.filter { ["apiVersion", "kind"].contains($0.name) }
    return Shape(id: policy.id, name: policy.name, doc: policy.doc, keys: head, isOpen: true)
  }
}
