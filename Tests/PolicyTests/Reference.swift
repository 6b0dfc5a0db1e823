import PluginModel

@testable import Policy

/// Writes the table of keys as Markdown, with a section for each mapping.
struct Reference {
  var text = ""
  private var done: Set<String> = []

  /// Whether a mapping is written for the first time.
  mutating func mark(_ id: String) -> Bool { done.insert(id).inserted }

  /// For docs/policy.md.
  static var policy: String {
    var reference = Reference()
    reference.write(PolicyTable.policy, place: "The file")
    return reference.text
  }

  private mutating func write(_ shape: Shape, place: String) {
    guard mark(shape.id) else { return }
    text += "\(text.isEmpty ? "" : "\n")### \(place)\n\n\(shape.doc)\n\n| key | value | meaning |\n| --- | --- | --- |\n"
    rows(shape.keys)
    if !shape.plugins.isEmpty {
      text += "| any other | as the plugin has it | see [plugins.md](plugins.md) |\n"
    } else if shape.isOpen {
      text += "| any other | any | passed on to the plugin as it is |\n"
    }
    for key in shape.keys { for shape in Self.shapes(key.type) { write(shape, place: Self.title(shape)) } }
  }

  mutating func rows(_ keys: [Key]) {
    for key in keys {
      text += "| `\(key.name)`\(key.isRequired ? " (required)" : "") | \(Self.words(key.type)) | \(key.doc) |\n"
    }
  }

  static func title(_ shape: Shape) -> String {
    let hasArticle = ["a ", "an "].contains { shape.name.hasPrefix($0) }
    let name = hasArticle ? shape.name.drop { $0 != " " }.dropFirst() : shape.name[...]
    return hasArticle ? name.prefix(1).uppercased() + name.dropFirst() : String(name)
  }

  static func shapes(_ type: ValueType) -> [Shape] {
    switch type {
    case .object(let shape): [shape]
    case .list(let element, _): shapes(element)
    case .map(_, let value): shapes(value)
    case .either(let types): types.flatMap(shapes)
    case .text, .boolean, .falseOnly, .integer, .anyObject, .any: []
    }
  }

  static func words(_ type: ValueType) -> String {
    switch type {
    case .text(let format): format.words
    case .boolean: "`true` or `false`"
    case .falseOnly: "`false`"
    case .integer(let range, orZero: true): "\(range.lowerBound) to \(range.upperBound), or 0"
    case .integer(let range, _):
      range.upperBound == .max ? "whole number from \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    case .list(let element, let atLeast): "list of \(words(element))\(atLeast > 0 ? ", not empty" : "")"
    case .object(let shape): link(shape)
    case .map(let keys, let value): "mapping of \(keys.words) to \(words(value))"
    case .anyObject: "mapping"
    case .any: "any"
    case .either(let types): types.map { words($0) }.joined(separator: ", or ")
    }
  }

  private static func link(_ shape: Shape) -> String {
    let title = title(shape)
    return "[\(title.lowercased())](#\(title.lowercased().replacing(" ", with: "-").replacing(".", with: "")))"
  }
}

extension TextFormat {
  /// The type in a few words, for the reference.
  fileprivate var words: String {
    switch self {
    case .interfaceName: "interface name"
    case .value: "text"
    case .address: "IP address"
    case .mac: "MAC address"
    case .cidr: "IP address and prefix length"
    case .subnet: "subnet, `10.1.0.0/16`"
    case .absolutePath: "absolute path"
    case .sysctl: "name of a sysctl"
    case .ipamType: "plugin name"
    case .oneOf(let words) where words.count == 1: "`\(words[0])`"
    case .oneOf(let words): words.dropLast().map { "`\($0)`" }.joined(separator: ", ") + " or `\(words.last ?? "")`"
    case .emptyOr(let format), .refusing(_, _, let format): format.words
    case .refused: "empty text"
    case .other: policyText?.words ?? ""
    }
  }
}

extension PolicyText {
  fileprivate var words: String {
    switch self {
    case .apiVersion: "`braid/v1`"
    case .kind: "`Policy`"
    case .networkName: "network name"
    case .pluginType: "plugin name"
    case .specVersion: "CNI version"
    case .ruleName: "text on one line"
    case .nameGlob, .valueGlob: "pattern"
    case .valueKey: "name"
    case .addressOrPrefix: "IP address, `10.1.2.3` or `10.1.2.3/24`"
    case .transport: "`tcp`, `udp` or `sctp`"
    case .family: "`ipv4` or `ipv6`"
    case .portRange: "range of ports, `30000-32767`"
    }
  }
}

extension Reference {
  /// For docs/plugins.md.
  static var plugins: String {
    var reference = Reference()
    let interface = CommonKeys.interface.map(\.name)
    reference.text = "## Keys of every plugin\n\n"
    reference.table(CommonKeys.all.filter { !interface.contains($0.name) } + CommonKeys.interface)
    for key in CommonKeys.interface { for shape in shapes(key.type) { reference.writeInner(shape) } }
    let all = Plugin.chain + Plugin.ipams
    reference.section("The built-in plugins", all.filter(\.isBuiltIn))
    reference.section("The reference's other plugins", all.filter { !$0.isBuiltIn })
    reference.section("Braid in a runtime's list", [Plugin.braid])
    return reference.text
  }

  private mutating func section(_ title: String, _ plugins: [Plugin]) {
    text += "\n## \(title)\n"
    let common = CommonKeys.all.map(\.name)
    for plugin in plugins {
      guard let shape = plugin.shape else { continue }
      let place = plugin.role == .ipam ? " Stands under `ipam`." : ""
      text += "\n### \(plugin.type)\n\n\(shape.doc)\(place)\n"
      let own = shape.keys.filter { plugin.role == .ipam ? $0.name != "type" && $0.name != "name" : !common.contains($0.name) }
      guard !own.isEmpty else { continue }
      text += "\n"
      table(own)
      for key in own { for shape in Self.shapes(key.type) { writeInner(shape) } }
    }
  }

  private mutating func table(_ keys: [Key]) {
    text += "| key | value | example | meaning |\n| --- | --- | --- | --- |\n"
    for key in keys {
      let example = key.example.map { "`\($0)`" } ?? ""
      text += "| `\(key.name)`\(key.isRequired ? " (required)" : "") | \(Self.words(key.type)) | \(example) | \(key.doc) |\n"
    }
  }

  private mutating func writeInner(_ shape: Shape) {
    guard mark(shape.id) else { return }
    text += "\n#### \(Self.title(shape))\n\n\(shape.doc)\n\n"
    table(shape.keys)
    for key in shape.keys { for shape in Self.shapes(key.type) { writeInner(shape) } }
  }

  /// All mappings inside one.
  static func shapes(inside shape: Shape) -> [Shape] {
    shape.keys.flatMap { shapes($0.type) }.flatMap { [$0] + shapes(inside: $0) }
  }
}
