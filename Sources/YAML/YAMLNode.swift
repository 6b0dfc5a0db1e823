import Diagnostics

/// A value of a YAML document with its place in the text.
///
/// The value of an anchor replaces its aliases. Such a node has the place of the alias; the nodes inside it keep their own
/// places.
package struct YAMLNode: Sendable {
  package enum Content: Sendable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    /// In the order of the text; no key occurs twice.
    case mapping([YAMLPair])
  }

  package let content: Content
  package let range: SourceRange

  package init(_ content: Content, _ range: SourceRange) { (self.content, self.range) = (content, range) }

  package var scalar: YAMLScalar? { if case .scalar(let v) = content { v } else { nil } }
  package var sequence: [YAMLNode]? { if case .sequence(let v) = content { v } else { nil } }
  package var mapping: [YAMLPair]? { if case .mapping(let v) = content { v } else { nil } }
  package var isNull: Bool { scalar?.value == .null }
  /// The text of a value that is a string.
  package var string: String? { if let scalar, scalar.value == .string { scalar.text } else { nil } }
  package var bool: Bool? { if case .bool(let v)? = scalar?.value { v } else { nil } }

  /// The pair with exactly this key. Nil if there is none or the node is not a mapping.
  package subscript(key: String) -> YAMLPair? { mapping?.first { $0.key == key } }

  /// The kind of value with its article, for messages.
  package var kind: String {
    switch content {
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .scalar(let scalar): scalar.value.kind
    }
  }
}

/// A key and its value.
package struct YAMLPair: Sendable {
  /// The text of the key, even if the same text as a value would be another type: `123: x` has the key "123".
  package let key: String
  package let keyRange: SourceRange
  package let value: YAMLNode

  package init(key: String, keyRange: SourceRange, value: YAMLNode) {
    (self.key, self.keyRange, self.value) = (key, keyRange, value)
  }
}

/// One scalar: its text without quotes and escapes, its style and its type.
package struct YAMLScalar: Sendable {
  package enum Style: Sendable { case plain, singleQuoted, doubleQuoted, literal, folded }

  package let text: String
  package let style: Style
  package let value: YAMLValue

  package init(text: String, style: Style, value: YAMLValue) { (self.text, self.style, self.value) = (text, style, value) }
}
