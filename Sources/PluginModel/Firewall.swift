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
        doc: "The program that gets the rules. Default: `firewalld` if it runs, else `iptables`.", example: "iptables"),
      Key(
        name: "iptablesAdminChainName", type: .text(.value),
        doc: "The chain for your own rules, which come before the plugin's. Default: `CNI-ADMIN`.",
        example: "CNI-ADMIN"),
      Key(
        name: "firewalldZone", type: .text(.value), doc: "The zone that gets the Pod's addresses. Default: `trusted`.",
        example: "trusted"),
      Key(
        name: "ingressPolicy", type: .text(.emptyOr(.oneOf(["open", "same-bridge", "isolated"]))),
        doc:
          "Who may open connections to the Pod: everybody (`open`), Pods of its bridge (`same-bridge`), or not even these (`isolated`). "
          + "Default: `open`.",
        example: "same-bridge"),
    ]))
}
