/// The property of a Pod that a condition is about.
package struct Subject: Hashable, Sendable {
  package enum Kind: UInt8, Sendable { case namespace, pod, annotation, label, argument }

  package let kind: Kind
  /// The key of an annotation, label or argument. Empty for the namespace and the Pod's name.
  package let name: String

  package init(kind: Kind, name: String = "") { (self.kind, self.name) = (kind, name) }

  init(_ source: Condition.ValueSource, _ name: String) {
    let kind: Kind =
      switch source {
      case .annotation: .annotation
      case .label: .label
      case .argument: .argument
      }
    self.init(kind: kind, name: name)
  }

  /// Nil if the runtime gave none.
  package func value(of pod: Pod) -> String? {
    switch kind {
    case .namespace: pod.namespace
    case .pod: pod.name
    case .annotation: pod.annotations[name]
    case .label: pod.labels[name]
    case .argument: pod.otherArguments[name]
    }
  }
}

extension Condition {
  /// Nil for `not`, which is about the subjects of the conditions inside.
  var subject: Subject? {
    switch self {
    case .namespaces: Subject(kind: .namespace)
    case .pods: Subject(kind: .pod)
    case .value(let source, let name, _): Subject(source, name)
    case .not: nil
    }
  }
}
