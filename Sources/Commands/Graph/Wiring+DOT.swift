extension Wiring {
  /// For Graphviz (`dot`): tables as labels, with a port for each interface.
  var dot: String {
    var lines = [
      "digraph braid {",
      "  graph [rankdir=LR, ranksep=1.2, labelloc=t, fontname=monospace, label=<\(Self.dotText(title))>];",
      "  node [shape=plain, fontname=monospace];",
      "  edge [dir=none];",
    ]
    for (i, owner) in owners.enumerated() { lines.append("  pod\(i) [label=<\(Self.table(owner))>];") }
    for (i, network) in networks.enumerated() {
      let rows = network.lines + (network.isUnused ? ["unused"] : [])
      lines.append("  network\(i) [label=<\(Self.table(network.name, rows))>];")
    }
    lines.append("  {rank=same; \(networks.indices.map { "network\($0);" }.joined(separator: " "))}")
    for (i, device) in devices.enumerated() { lines.append("  link\(i) [label=<\(Self.table(device.name, device.roles))>];") }
    for (i, owner) in owners.enumerated() {
      for (j, interface) in owner.interfaces.enumerated() {
        let style = interface.isOnRequest ? " [style=dashed]" : interface.hasDefaultRoute ? " [penwidth=3]" : ""
        lines.append("  pod\(i):i\(j):e -> network\(interface.network):w\(style);")
      }
    }
    for (i, network) in networks.enumerated() {
      if let device = network.device { lines.append("  network\(i):e -> link\(device):w;") }
    }
    return (lines + ["}", ""]).joined(separator: "\n")
  }

  private static func table(_ owner: Owner) -> String {
    let rows = owner.interfaces.enumerated().map { i, interface in
      let texts = dotTexts([interface.name ?? "any name"] + interface.notes)
      return "<tr><td port=\"i\(i)\" align=\"left\">\(texts)</td></tr>"
    }
    return table(head: owner.title, owner.details, more: rows)
  }

  private static func table(_ name: String, _ lines: [String]) -> String { table(head: name, lines, more: []) }

  private static func table(head: String, _ lines: [String], more rows: [String]) -> String {
    let cell = "<tr><td align=\"left\"><b>\(dotText(head))</b><br align=\"left\"/>\(dotTexts(lines))</td></tr>"
    return "<table border=\"1\" cellborder=\"0\" cellspacing=\"0\" cellpadding=\"6\">\(cell)\(rows.joined())</table>"
  }

  /// Each text on a line of its own. Long texts take several lines.
  private static func dotTexts(_ texts: [String]) -> String {
    texts.flatMap { PictureText.wrap(PictureText.harmless($0), columns: 46, lines: 4) }
      .map { dotText($0) + "<br align=\"left\"/>" }.joined()
  }

  /// The escaped text. An empty text becomes a blank, because Graphviz refuses empty texts in labels.
  private static func dotText(_ text: String) -> String {
    let text = PictureText.harmless(text)
    return text.isEmpty ? " " : XML.attribute(PictureText.cut(text, to: 60))
  }
}
