extension Plugin {
  static let firewall = Plugin("firewall", .chained) { FirewallKeys.shape }
}

/// The keys of the reference's `firewall`.
private enum FirewallKeys {
  static let shape = Shape.plugin(
    id: "plugin-firewall", name: "firewall", doc: "Lets the Pod's traffic through the node's firewall.",
    keys: CommonKeys.with([
      Key(
        name: "backend", type: .text(.emptyOr(.oneOf(["iptables", "firewalld"]))),
        doc: "What it is done with. Default: `firewalld` where that runs, else `iptables`.", example: "iptables"),
      Key(
        name: "iptablesAdminChainName", type: .text(.value),
        doc: "The chain for rules of your own ahead of the plugin's. Default: `CNI-ADMIN`.",
        example: "CNI-ADMIN"),
      Key(
        name: "firewalldZone", type: .text(.value), doc: "The zone that the Pod's addresses are put into. Default: `trusted`.",
        example: "trusted"),
      Key(
        name: "ingressPolicy", type: .text(.emptyOr(.oneOf(["open", "same-bridge", "isolated"]))),
        doc:
          "Who may call the Pod: all (`open`), Pods of its bridge (`same-bridge`), or not even those (`isolated`). Default: `open`.",
        example: "same-bridge"),
    ]))
}
