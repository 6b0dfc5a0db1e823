import YAML

/// The parameters of an OpenShift Template, and their default values.
struct TemplateParameters {
  private var values: [(reference: String, value: String)] = []

  /// Bounds that no real template meets. Without them a small file could make a huge policy.
  private static let (mostParameters, longestValue, longestText) = (200, 256, 64 << 10)

  init(_ template: YAMLNode) {
    for parameter in (template["parameters"]?.value.sequence ?? []).prefix(Self.mostParameters) {
      guard let name = parameter["name"]?.value.scalar?.text, let value = parameter["value"]?.value.scalar?.text,
        name.utf8.count <= Self.longestValue, value.utf8.count <= Self.longestValue
      else { continue }
      values += [("${{\(name)}}", value), ("${\(name)}", value)]
    }
  }

  /// The object with the values in the place of their references. References to parameters without a value stay.
  func filledIn(_ node: YAMLNode) -> YAMLNode {
    let content: YAMLNode.Content =
      switch node.content {
      case .scalar(let scalar): .scalar(filledIn(scalar))
      case .sequence(let items): .sequence(items.map(filledIn))
      case .mapping(let pairs):
        .mapping(pairs.map { YAMLPair(key: $0.key, keyRange: $0.keyRange, value: filledIn($0.value)) })
      }
    return YAMLNode(content, node.range)
  }

  private func filledIn(_ scalar: YAMLScalar) -> YAMLScalar {
    guard scalar.value == .string, scalar.text.utf8.count <= Self.longestText, scalar.text.contains("${") else { return scalar }
    let text = values.reduce(scalar.text) { $0.replacing($1.reference, with: $1.value) }
    return YAMLScalar(text: text, style: scalar.style, value: scalar.value)
  }
}
