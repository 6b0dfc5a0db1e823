extension Wiring {
  /// The picture as a Mermaid flow chart, for Markdown on sites that draw Mermaid.
  var mermaid: String {
    var lines = ["---", "title: \"\(Self.mermaidTitle(title))\"", "---", "flowchart LR"]
    for (i, owner) in owners.enumerated() {
      lines.append("  subgraph pod\(i)[\(Self.mermaidLabel([owner.title] + owner.details))]")
      for (j, interface) in owner.interfaces.enumerated() {
        lines.append("    pod\(i)i\(j)[\(Self.mermaidLabel([interface.name ?? "any name"] + interface.notes))]")
      }
      lines.append("  end")
    }
    for (i, network) in networks.enumerated() {
      let rows = [network.name] + network.lines + (network.isUnused ? ["unused"] : [])
      lines.append("  network\(i)(\(Self.mermaidLabel(rows)))")
    }
    for (i, device) in devices.enumerated() { lines.append("  link\(i){{\(Self.mermaidLabel([device.name] + device.roles))}}") }
    for (i, owner) in owners.enumerated() {
      for (j, interface) in owner.interfaces.enumerated() {
        let line = interface.isOnRequest ? "-.-" : interface.hasDefaultRoute ? "===" : "---"
        lines.append("  pod\(i)i\(j) \(line) network\(interface.network)")
      }
    }
    for (i, network) in networks.enumerated() {
      if let device = network.device { lines.append("  network\(i) --- link\(device)") }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Each text on a line of its own. Long texts take several lines.
  private static func mermaidLabel(_ texts: [String]) -> String {
    let lines = texts.flatMap { PictureText.wrap(PictureText.harmless($0), columns: 46, lines: 4) }.map(mermaidText)
    return "\"\(lines.isEmpty ? " " : lines.joined(separator: "<br/>"))\""
  }

  /// The escaped text. ASCII characters that could have a meaning in Mermaid, Markdown or HTML are written by their number: `#35;`.
  private static func mermaidText(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      let isPlain =
        scalar.value >= 0x80 || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        || " .,:/-".unicodeScalars.contains(scalar)
      out += isPlain ? String(scalar) : "#\(scalar.value);"
    }
    return out
  }

  /// The title is YAML, in double quotes.
  private static func mermaidTitle(_ text: String) -> String {
    PictureText.cut(PictureText.harmless(text), to: 60).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
  }
}
