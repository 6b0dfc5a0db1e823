import CNI

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

  private static let plugin = Codec<String>(type: .text(.ipamType)) { (json, path) throws(ConfigurationError) in
    let type = try json.expected(json.string, "a string", path)
    if type.isEmpty { return nil }
    guard Plugin.mayBeIPAM(type) else { throw .invalid(path, reason: "\"\(type)\" is no IPAM plugin") }
    return type
  }
}
