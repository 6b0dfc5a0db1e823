import JSON
import NetworkTypes

/// CNI_ARGS: `KEY=VALUE` pairs between semicolons. Keys are case-sensitive.
package struct CNIArguments: Hashable, Sendable {
  /// As the runtime gave it.
  package let text: String
  package let pairs: [Pair]

  package struct Pair: Hashable, Sendable {
    package let key: String
    package let value: String

    package init(_ key: String, _ value: String) { (self.key, self.value) = (key, value) }
  }

  /// Throws `ProtocolError.arguments` for a pair without `=`. If a key occurs twice, the last value counts.
  package init(_ text: String) throws(ProtocolError) {
    var pairs: [Pair] = []
    if !text.isEmpty {
      for part in text.split(at: ";") {
        let sides = part.split(at: "=", maxSplits: 1)
        guard sides.count == 2, !sides[0].isEmpty else { throw .arguments(part) }
        pairs.append(Pair(sides[0], sides[1]))
      }
    }
    self.text = text
    self.pairs = pairs
  }

  package init(_ pairs: [Pair]) {
    text = pairs.map { "\($0.key)=\($0.value)" }.joined(separator: ";")
    self.pairs = pairs
  }

  package static var none: CNIArguments { CNIArguments([]) }

  package subscript(key: String) -> String? { pairs.last { equalBytes($0.key, key) }?.value }

  /// The comma-separated parts of a value, without the blanks around them. Empty without a value.
  package func list(_ key: String) -> [String] {
    guard let text = self[key], !text.isEmpty else { return [] }
    return text.split(at: ",").map { item in String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
  }

  /// Whether a plugin must ignore unknown keys: IgnoreUnknown is `1`, or `true` in upper or lower case.
  package var ignoresUnknown: Bool { (try? readIgnoreUnknown()) ?? false }

  private func readIgnoreUnknown() throws(ProtocolError) -> Bool {
    guard let text = self["IgnoreUnknown"] else { return false }
    switch text.lowercased() {
    case "1", "true": return true
    case "0", "false": return false
    default: throw .argument("IgnoreUnknown", value: text, reason: "boolean unmarshal error: invalid input \(text)")
    }
  }

  /// Throws `unknownArguments` if there are keys outside `known` and IgnoreUnknown is not set. Throws `argument` if IgnoreUnknown
  /// is no boolean. Without IgnoreUnknown a value that contains `=` throws `arguments`, as in the reference plugins. With it such
  /// a value is a value like any other: runtimes pass on what others gave them, such as base64.
  package func refuseUnknown(except known: [String]) throws(ProtocolError) {
    guard try !readIgnoreUnknown() else { return }
    if let pair = pairs.first(where: { $0.value.utf8.contains(UInt8(ascii: "=")) }) {
      throw .arguments("\(pair.key)=\(pair.value)")
    }
    let unknown = pairs.filter { $0.key != "IgnoreUnknown" && !known.contains($0.key) }
    guard unknown.isEmpty else { throw .unknownArguments(unknown.map { "\($0.key)=\($0.value)" }) }
  }
}
