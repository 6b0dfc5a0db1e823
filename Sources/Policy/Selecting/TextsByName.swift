import JSON

/// Texts by names that are compared byte by byte, such as a Pod's annotations.
///
/// A dictionary of strings takes "é" as one and as two code points for the same name. The runtime and the API server do not.
package struct TextsByName: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  private struct Name: Hashable {
    let text: String

    static func == (a: Self, b: Self) -> Bool { equalBytes(a.text, b.text) }
    func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }
  }

  private var texts: [Name: String] = [:]

  package init() {}

  package init(dictionaryLiteral elements: (String, String)...) { for (name, text) in elements { self[name] = text } }

  package init(_ texts: [String: String]) { for (name, text) in texts { self[name] = text } }

  package subscript(name: String) -> String? {
    get { texts[Name(text: name)] }
    set { texts[Name(text: name)] = newValue }
  }

  package var isEmpty: Bool { texts.isEmpty }

  /// The names in the order of their bytes.
  package var names: [String] { texts.keys.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }

  /// Names and texts in the order of the names.
  package var sorted: [(name: String, text: String)] { names.map { ($0, self[$0] ?? "") } }
}
