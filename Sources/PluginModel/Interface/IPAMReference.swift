import CNI
import Diagnostics
import JSON

/// The part of `ipam` that an interface plugin reads: which plugin gives the addresses.
package struct IPAMReference: KeyedConfiguration {
  /// Nil for a layer 2 network.
  package private(set) var type: String?

  package init() {}

  package static let fields: [Field<IPAMReference>] = [
    Field(
      "type", plugin,
      doc: "The IPAM plugin: \(CommonKeys.builtIn(Plugin.ipams, separator: " or ")) (built in), or the name of an "
        + "executable on CNI_PATH, such as `dhcp`.",
      example: "host-local"
    ) { $0.type = $1 }
  ]

  package static let heading = ShapeHeading(
    id: "ipam", name: "an ipam", doc: "The configuration of the IPAM plugin that gives the addresses.", plugins: Plugin.ipams)

  package static let shape = shapeOfFields

  /// `ipam` of a plugin that makes an interface. Without any key, or with an empty `type` alone, the network is a layer 2 network.
  /// Other keys without a type are a mistake: the interface would have no address, although the configuration has some.
  static let codec = Codec<IPAMReference>(type: .object(shape)) { (json, path) throws(ConfigurationError) in
    let object = try json.expected(json.object, "an object", path)
    let reference = try IPAMReference(ConfigurationReader(object, path: path))
    if let problem = object.missingIPAMType { throw .invalid(path, reason: "\(problem.text); \(problem.help)") }
    return reference
  }

  private static let plugin = Codec<String>(type: .text(.ipamType)) { (json, path) throws(ConfigurationError) in
    let type = try json.expected(json.string, "a string", path)
    if type.isEmpty { return nil }
    guard Plugin.mayBeIPAM(type) else { throw .invalid(path, reason: "\"\(type)\" is no IPAM plugin") }
    return type
  }
}

/// An `ipam` that has keys but names no plugin.
package struct MissingIPAMType: Sendable {
  /// The key that was probably meant to be `type`.
  package let misspelt: String?

  package var text: String { "ipam has keys but no \"type\", so it gives no addresses" }

  /// What to do.
  package var help: String {
    if let misspelt { return "did you mean \"type\" instead of \(quoted(misspelt))?" }
    return "write the IPAM plugin, such as type: host-local, or remove ipam for an interface without addresses"
  }
}

extension JSONObject {
  /// The mistake of an `ipam` mapping that has keys but no filled `type`. Nil if it names its plugin, or has no other key.
  package var missingIPAMType: MissingIPAMType? {
    guard filledText("type") == nil else { return nil }
    let others = members.map(\.name).filter { !equalFolded($0, "type") }
    return others.isEmpty ? nil : MissingIPAMType(misspelt: Suggestion.closest(to: "type", among: others))
  }
}
