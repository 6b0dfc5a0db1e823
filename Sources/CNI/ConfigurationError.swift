/// A wrong key in a plugin's configuration, found without a node.
package enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
  case missing(KeyPath)
  /// The value has another JSON type. `expected` and `found` name the types with an article ("a string").
  case wrongType(KeyPath, expected: String, found: String)
  /// The value has the right type but cannot be used.
  case invalid(KeyPath, reason: String)
  /// The key or this value of it is known, but not supported here.
  case unsupported(KeyPath, reason: String)

  /// The place in the configuration: `ipam.ranges[0][1].subnet`.
  package struct KeyPath: Hashable, Sendable, CustomStringConvertible {
    package enum Step: Hashable, Sendable {
      case key(String)
      case index(Int)
    }

    package var steps: [Step]
    package init(_ steps: [Step] = []) { self.steps = steps }
    package init(_ keys: String...) { steps = keys.map { .key($0) } }

    package func appending(_ key: String) -> KeyPath { KeyPath(steps + [.key(key)]) }
    package func appending(_ index: Int) -> KeyPath { KeyPath(steps + [.index(index)]) }

    package var description: String {
      steps.reduce(into: "") { text, step in
        switch step {
        case .key(let key): text += text.isEmpty ? key : ".\(key)"
        case .index(let index): text += "[\(index)]"
        }
      }
    }
  }

  package var path: KeyPath {
    switch self {
    case .missing(let path), .wrongType(let path, _, _), .invalid(let path, _), .unsupported(let path, _): path
    }
  }

  /// What is wrong, without the path.
  package var reason: String {
    switch self {
    case .missing(let path): "required key \"\(path)\" is missing"
    case .wrongType(_, let expected, let found): "expected \(expected), found \(found)"
    case .invalid(_, let reason), .unsupported(_, let reason): reason
    }
  }

  package var description: String {
    switch self {
    case .missing: reason
    default: path.steps.isEmpty ? reason : "\(path): \(reason)"
    }
  }
}
