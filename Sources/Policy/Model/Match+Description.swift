import Diagnostics

extension Mismatch: CustomStringConvertible {
  package var description: String {
    switch condition {
    case .namespaces(let globs): "namespace \(had) is not \(any(of: globs))"
    case .pods(let globs): "Pod name \(had) is not \(any(of: globs))"
    case .value(let source, let name, .exists(false)): "there is the \(source.rawValue) \(quoted(name))"
    case .value(let source, let name, let test):
      found == nil
        ? "there is no \(source.rawValue) \(quoted(name))" : "\(source.rawValue) \(quoted(name)) is \(had), not \(test)"
    case .not(let match): "the rule is not for Pods with \(match)"
    }
  }

  private var had: String { found.map { quoted($0) } ?? "(none)" }
}

private func any(of globs: [Glob]) -> String { globs.map { quoted($0.pattern) }.joined(separator: " or ") }

extension Match: CustomStringConvertible {
  /// `namespace "a" or "b" and annotation "k" = "v*"`.
  package var description: String {
    conditions.isEmpty ? "anything" : conditions.map(\.description).joined(separator: " and ")
  }
}

extension Condition: CustomStringConvertible {
  package var description: String {
    switch self {
    case .namespaces(let globs): "namespace \(any(of: globs))"
    case .pods(let globs): "Pod name \(any(of: globs))"
    case .value(let source, let name, .exists(true)): "any \(source.rawValue) \(quoted(name))"
    case .value(let source, let name, .exists(false)): "no \(source.rawValue) \(quoted(name))"
    case .value(let source, let name, let test): "\(source.rawValue) \(quoted(name)) = \(test)"
    case .not(let match): "not (\(match))"
    }
  }
}

extension ValueTest: CustomStringConvertible {
  package var description: String {
    switch self {
    case .glob(let glob): quoted(glob.pattern)
    case .equals(let text): "exactly \(quoted(text))"
    case .exists(let wanted): wanted ? "there" : "not there"
    }
  }
}
