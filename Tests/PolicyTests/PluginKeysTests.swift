import CNI
import Diagnostics
import JSON
import PluginModel
import TestSupport
import Testing

@testable import Policy

/// Compares the findings of the tables of keys with the refusals of the plugins.
@Suite struct PluginKeysTests {
  /// The built-in plugins with every key, each IPAM once.
  static let cases: [(type: String, ipam: String)] = [
    ("bridge", "host-local"), ("macvlan", "static"), ("loopback", "host-local"), ("ptp", "static"),
  ]

  /// A key that the IPAM plugin reads, not the interface plugin. A plugin without IPAM ignores it.
  private static let ofIPAM = "args/cni/ips"

  /// Why the plugin refuses a configuration.
  private static func refusal(_ entry: JSON) -> PluginConfigurationError? {
    var object = entry.object ?? [:]
    (object["name"], object["cniVersion"]) = ("net", "1.0.0")
    do throws(ProtocolError) {
      let configuration = try PluginConfiguration(object)
      do throws(PluginConfigurationError) {
        try Plugin.named(configuration.type)?.validate?(configuration)
        return nil
      } catch { return error }
    } catch { return .protocol(error) }
  }

  /// The findings of the table.
  private static func errors(_ entry: JSON) -> [Diagnostic] {
    var findings = Findings()
    _ = Policy.read([SourceFile(path: "p", text: PluginDocuments.policy(entry).text())], &findings)
    return findings.items.filter { [.delegateConfiguration, .ipamWithoutType].contains($0.code) }
  }

  @Test(arguments: cases) func everyKeyIsTaken(_ type: String, _ ipam: String) throws {
    let whole = try PluginDocuments.whole(type, ipam: ipam)
    let refusal = Self.refusal(whole)
    #expect(refusal == nil && Self.errors(whole).isEmpty, "\(String(describing: refusal)) \(Self.errors(whole).map(\.message))")
  }

  /// The reader refuses every value that the table refuses. A value that only the reader refuses is one that conflicts with another key.
  @Test(arguments: cases) func valuesAreTakenByBothOrNone(_ type: String, _ ipam: String) throws {
    let whole = try PluginDocuments.whole(type, ipam: ipam)
    var refused = 0
    for path in whole.paths() where path.text != "type" && !path.text.hasPrefix(Self.ofIPAM) {
      for value in strangeValues.map(Optional.init) + [nil] {
        if value == nil, case .index? = path.last { continue }
        let document = whole.replacing(path[...], value)
        let (refusal, errors) = (Self.refusal(document), Self.errors(document))
        let what =
          "\(path.text) = \(value?.text().prefix(40) ?? "nothing"): \(errors.map(\.message)), \(String(describing: refusal))"
        if errors.isEmpty { #expect(refusal?.isAboutSeveralKeys ?? true, "\(what)") } else { #expect(refusal != nil, "\(what)") }
        #expect(errors.allSatisfy { $0.help != nil }, "\(what)")
        refused += errors.isEmpty ? 0 : 1
      }
    }
    #expect(refused >= (type == "loopback" ? 10 : 300), "\(refused)")
  }

  /// Table and reader accept every word and both ends of every range, and refuse the values just outside.
  @Test(arguments: cases) func edges(_ type: String, _ ipam: String) throws {
    let whole = try PluginDocuments.whole(type, ipam: ipam)
    var count = 0
    for path in whole.paths() {
      guard case .key(let name)? = path.last, let shape = Self.shape(at: Array(path.dropLast()), of: type, ipam: ipam),
        let key = shape.key(name), !key.isPassedOver
      else { continue }
      let (inside, beyond) = Self.edges(of: key.type)
      for value in inside {
        let document = whole.replacing(path[...], value)
        let refusal = Self.refusal(document)
        #expect(refusal?.isAboutSeveralKeys ?? true, "\(path.text) = \(value.text()): \(String(describing: refusal))")
        #expect(Self.errors(document).isEmpty, "\(path.text) = \(value.text())")
      }
      for value in beyond {
        let document = whole.replacing(path[...], value)
        #expect(Self.refusal(document) != nil && !Self.errors(document).isEmpty, "\(path.text) = \(value.text())")
      }
      count += inside.count + beyond.count
    }
    #expect(type == "loopback" || count >= 20, "\(count)")
  }

  private static func edges(of type: ValueType) -> (inside: [JSON], beyond: [JSON]) {
    switch type {
    case .text(.oneOf(let words)), .text(.emptyOr(.oneOf(let words))): (words.map { .string($0) }, ["x"])
    case .integer(let range, let orZero):
      (
        [JSON(range.lowerBound), JSON(range.upperBound)] + (orZero ? [0] : []),
        [JSON(range.lowerBound - 1)] + (range.upperBound == .max ? [] : [JSON(range.upperBound + 1)])
      )
    default: ([], [])
    }
  }

  /// The case of a key does not matter, and null means that the key is absent.
  @Test(arguments: cases) func namesFold(_ type: String, _ ipam: String) throws {
    let whole = try PluginDocuments.whole(type, ipam: ipam)
    for path in whole.paths() {
      guard case .key(let name)? = path.last, !["type", Self.ofIPAM].contains(path.text), let value = whole.at(path[...]) else {
        continue
      }
      for value in [value, ["a": ["b"]], [5], "text"] {
        let document = whole.replacing(path[...], nil).replacing((path.dropLast() + [.key(name.uppercased())])[...], value)
        let (refusal, errors) = (Self.refusal(document), Self.errors(document))
        #expect(errors.isEmpty == (refusal?.isAboutSeveralKeys ?? true), "\(path.text): \(errors.map(\.message))")
      }
    }
  }

  /// The keys of the mapping at a path, including those of its plugin.
  private static func shape(at path: [JSONStep], of type: String, ipam: String) -> Shape? {
    var value = Plugin.named(type)?.shape.map { ValueType.object($0) }
    for step in path {
      switch (value, step) {
      case (.object(let shape)?, .key(let key)): value = shape.key(key)?.type
      case (.list(let element, _)?, .index): value = element
      default: return nil
      }
      if case .object(let shape)? = value, !shape.plugins.isEmpty {
        value = shape.plugins.first { $0.type == ipam }?.shape.map { .object($0) }
      }
    }
    switch value {
    case .object(let shape)?: return shape
    // Nothing of this value is read.
    case .any?, .map?: return Shape(id: "", name: "", doc: "", keys: [])
    default: return nil
    }
  }

  /// As in the reference plugin, keys of the old form are read even if there is no range that they belong to.
  @Test(arguments: ["rangeStart", "rangeEnd", "gateway"]) func oldForm(_ key: String) throws {
    let whole = try PluginDocuments.whole("bridge").replacing([.key("ipam"), .key("subnet")], nil)
    for (value, isTaken) in [("10.2.0.7", true), ("", true), ("10.2.0", false)] {
      let entry = whole.replacing([.key("ipam"), .key(key)], .string(value))
      #expect((Self.refusal(entry) == nil) == isTaken && Self.errors(entry).isEmpty == isTaken, "\(value)")
    }
  }

  @Test func whatIsBuiltIn() {
    for plugin in Plugin.all {
      #expect(plugin.isBuiltIn == (BuiltInPlugin(rawValue: plugin.type) != nil), "\(plugin.type)")
      #expect(!plugin.isBuiltIn || plugin.shape != nil)
      #expect(Plugin.mayBeIPAM(plugin.type) == !TextFormat.noIPAM.contains(plugin.type), "\(plugin.type)")
    }
  }
}

extension PluginConfigurationError {
  /// Whether no value is wrong by itself.
  fileprivate var isAboutSeveralKeys: Bool {
    switch self {
    // A range of VLANs without an end, or with its ends in the wrong order.
    case .configuration(.invalid(let path, _)):
      path.steps.isEmpty || path.steps.first == .key("vlanTrunk") && path.steps.count == 2
    // An `ipam` without a type is none.
    case .configuration(.missing(let path)): path.description == "ipam"
    case .configuration, .protocol, .result, .staticArgument: false
    case .rangeSet, .overlap, .noRanges, .severalAddresses, .attachment: true
    }
  }
}
