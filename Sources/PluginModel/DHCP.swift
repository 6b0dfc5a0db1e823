import JSON
import NetworkTypes

extension Plugin {
  package static let dhcp = Plugin("dhcp", .ipam, facts: DHCPFacts.facts) { DHCPKeys.shape }
}

/// The facts of the reference's `dhcp`.
private enum DHCPFacts {
  static func facts(_ configuration: JSONObject) -> PluginFacts {
    var facts = PluginFacts.ofNothing(configuration)
    // It speaks DHCPv4 only.
    facts.families = [.ipv4]
    return facts
  }
}

/// The keys of the reference's `dhcp`.
private enum DHCPKeys {
  static let shape = Shape.plugin(
    id: "plugin-dhcp", name: "dhcp", doc: "Gets the address from a DHCP server. The plugin's daemon must run on the node.",
    keys: [
      CommonKeys.ipamType,
      Key(
        name: "daemonSocketPath", type: .text(.emptyOr(.absolutePath)),
        doc: "The daemon's socket. Default: `/run/cni/dhcp.sock`.",
        example: "/run/cni/dhcp.sock"),
      Key(
        name: "request", type: .list(.object(request), atLeast: 0), doc: "The options that the client asks the server for.",
        example: "[{option: routers}]"),
      Key(
        name: "provide", type: .list(.object(provide), atLeast: 0), doc: "The options that the client sends to the server.",
        example: "[{option: host-name, fromArg: K8S_POD_NAME}]"),
      Key(name: "priority", type: .integer(0...0x7fff_ffff), doc: "The metric of the routes.", example: "100"),
      CommonKeys.ipamName,
    ])

  private static let option = Key(
    name: "option", type: .text(.value), doc: "The option: its number, written as a text, or its name in dhcp-options(5).",
    example: "routers")

  private static let request = Shape.plugin(
    id: "dhcpRequest", name: "an entry of request", doc: "An option that the client asks the server for.",
    keys: [
      option,
      Key(
        name: "skipDefault", type: .boolean,
        doc: "Whether the client leaves out the options that it asks for by default. Default: false.",
        example: "true"),
    ])

  private static let provide = Shape.plugin(
    id: "dhcpProvide", name: "an entry of provide", doc: "An option that the client sends to the server.",
    keys: [
      option, Key(name: "value", type: .text(.value), doc: "The option's value.", example: "pod-1"),
      Key(
        name: "fromArg", type: .text(.value), doc: "The key of CNI_ARGS whose value is sent.", example: "K8S_POD_NAME"),
    ])
}
