extension Plugin {
  static let portmap = Plugin("portmap", .chained, capabilities: ["portMappings"]) { PortmapKeys.shape }
}

/// The keys of the reference's `portmap`.
private enum PortmapKeys {
  static let shape = Shape.plugin(
    id: "plugin-portmap", name: "portmap", doc: "Forwards ports of the node to the Pod, as `portMappings` of the attachment say.",
    keys: CommonKeys.with([
      Key(
        name: "backend", type: .text(.oneOf(["iptables", "nftables"])),
        doc: "The program that gets the rules. Default: the one that the node has.",
        example: "nftables"),
      Key(
        name: "snat", type: .boolean,
        doc:
          "Whether the Pod can call its own mapped ports by the node's address, and the node can call them by 127.0.0.1. "
          + "Default: true.",
        example: "false"),
      Key(
        name: "masqAll", type: .boolean, doc: "Whether all mapped traffic gets the node's address as its source. Default: false.",
        example: "true"),
      Key(
        name: "markMasqBit", type: .integer(0...31),
        doc: "The bit of the packet mark that requests masquerading. Not with `externalSetMarkChain`. Default: 13.", example: "14"
      ),
      Key(
        name: "externalSetMarkChain", type: .text(.value),
        doc: "A chain of iptables that sets the mark instead of the plugin. Only with `iptables`.",
        example: "KUBE-MARK-MASQ"),
      conditions("conditionsV4", "IPv4", "192.0.2.0/24"), conditions("conditionsV6", "IPv6", "2001:db8::/32"),
    ]),
    relations: [
      .excludes("markMasqBit", "externalSetMarkChain"), .excludesWord("externalSetMarkChain", "backend", "nftables"),
    ])

  private static func conditions(_ name: String, _ family: String, _ subnet: String) -> Key {
    Key(
      name: name, type: .list(.text(.value), atLeast: 0),
      doc: "Additional matches for the \(family) rules, in the syntax of the backend.",
      example: "[\"!\", \"-d\", \"\(subnet)\"]")
  }
}
