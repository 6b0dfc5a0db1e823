import CNI
import Diagnostics
import Policy
import YAML

extension ImportReader {
  /// Reads a NetworkAttachmentDefinition.
  mutating func definition(_ root: YAMLNode, _ file: SourceFile) {
    let metadata = root["metadata"]?.value
    guard let name = metadata?["name"]?.value.string, !name.isEmpty else {
      let stray = root["name"]
      return report(
        .missingKey, "the definition has no metadata.name",
        Span(file, stray?.keyRange ?? root["kind"]?.keyRange ?? root.range),
        help: stray.map { _ in "\"name\" stands beside metadata: put it under metadata" })
    }
    var notes: [ImportNote] = []
    let nameSpan = Span(file, metadata?["name"]?.value.range ?? root.range)
    let namespace = metadata?["namespace"]?.value.string ?? "default"
    if metadata?["namespace"] == nil {
      notes.append(
        ImportNote(
          "namespace", nameSpan,
          "the definition has none, so default is assumed: correct this if it was applied to another namespace")
      )
    }
    if let resource = metadata?["annotations"]?.value["k8s.v1.cni.cncf.io/resourceName"] {
      notes.append(
        ImportNote(
          "resourceName", Span(file, resource.keyRange),
          "Braid does not ask the kubelet for the device: the Pod must give deviceID in its request, as JSON, or the plugin must find it",
          changesBehaviour: true))
    }
    guard configurationIsInPlace(root, file) else { return }
    add(
      Definition(namespace: namespace, name: name, span: nameSpan, conflist: nil, notes: notes),
      root["spec"]?.value["config"]?.value, file)
  }

  /// Adds a definition whose configuration is this JSON text. Nil stands for a configuration on the node's disk.
  mutating func add(_ definition: Definition, _ config: YAMLNode?, _ file: SourceFile) {
    guard let network = try? NetworkName("\(definition.namespace).\(definition.name)") else {
      let isParameter = definition.title.contains("${")
      return report(
        .invalidValue, "\(quoted(definition.title)) cannot name a network", definition.span,
        help: isParameter
          ? "give the template's parameter a value, or import the output of oc process"
          : "a name has letters, digits, \"_\", \".\" and \"-\", and at most 200 characters")
    }
    var notes = definition.notes
    var conflist: Conflist?
    if let config, !config.isNull, config.string?.allSatisfy(\.isWhitespace) != true {
      guard let text = config.string else {
        return report(
          .wrongType, "spec.config must be a string, not \(config.kind)", Span(file, config.range),
          help: "put the JSON into single quotes, or behind config: |")
      }
      if text.contains("${") {
        notes.append(
          ImportNote(
            "${…}", Span(file, config.range), "a parameter of the template has no value: write the value into the network",
            changesBehaviour: true))
      }
      let embedded = EmbeddedText(config, in: file, title: "configuration of \(definition.title)")
      guard let root = embedded.root(&findings) else { return }
      conflist = self.conflist(root, file, defaultName: network)
    }
    definitions.append(
      Definition(
        kind: definition.kind, namespace: definition.namespace, name: definition.name, span: definition.span, conflist: conflist,
        notes: notes))
  }

  /// Reports a configuration that stands elsewhere than under `spec.config`. False if there is one.
  private mutating func configurationIsInPlace(_ root: YAMLNode, _ file: SourceFile) -> Bool {
    let spec = root["spec"]?.value
    guard spec?["config"] == nil else { return true }
    if let stray = root["config"] ?? root["metadata"]?.value["config"] {
      let place = root["config"] == nil ? "in metadata" : "beside spec"
      report(
        .missingKey, "\"config\" stands \(place), so the definition has no configuration", Span(file, stray.keyRange),
        help: "indent it, so that it is a key of spec")
      return false
    }
    if let body = spec?["plugins"] ?? spec?["type"] {
      report(
        .missingKey, "the configuration itself stands under spec", Span(file, body.keyRange),
        help: "write it as JSON, as the text of the key spec.config")
      return false
    }
    let keys = spec?.mapping?.map(\.key) ?? []
    if let close = Suggestion.closest(to: "config", among: keys), let pair = spec?[close] {
      report(.unknownKey, "unknown key \(quoted(close)) in spec", Span(file, pair.keyRange), help: "did you mean \"config\"?")
      return false
    }
    return true
  }
}
