extension Plugin {
  static let portmap = Plugin("portmap", .chained, capabilities: ["portMappings"]) { PortmapKeys.shape }
}

/// The keys of the reference's `portmap`.
private enum PortmapKeys {
  static let shape = Shape.plugin(
    id: "plugin-portmap", name: "portmap", doc: "Ports of the node that lead to the Pod: those of `portMappings`.",
    keys: CommonKeys.with([
      Key(
        name: "backend", type: .text(.oneOf(["iptables", "nftables"])), doc: "What it is done with. Default: what the node has.",
        example: "nftables"),
      Key(
        name: "snat", type: .boolean,
        doc: "Whether the Pod reaches its own ports by the node's address, and 127.0.0.1 does. Default: true.",
        example: "false"),
      Key(
        name: "masqAll", type: .boolean, doc: "Whether all mapped traffic gets the node's address. Default: false.",
        example: "true"),
      Key(
        name: "markMasqBit", type: .integer(0...31),
        doc: "The bit of the packet mark that asks for masquerading. Not with `externalSetMarkChain`. Default: 13.", example: "14"
      ),
      Key(
        name: "externalSetMarkChain", type: .text(.value),
        doc: "A chain of iptables that sets the mark instead; `iptables` only.",
        example: "KUBE-MARK-MASQ"),
      conditions("conditionsV4", "IPv4", "192.0.2.0/24"), conditions("conditionsV6", "IPv6", "2001:db8::/32"),
    ]))

  private static func conditions(_ name: String, _ family: String, _ subnet: String) -> Key {
    Key(
      name: name, type: .list(.text(.value), atLeast: 0),
      doc: "Further matches for the \(family) rules, in the words of the backend.",
      example: "[\"!\", \"-d\", \"\(subnet)\"]")
  }
}
