import Diagnostics
import NetworkTypes
import Policy

extension Explanation {
  /// The largest number of rules shown that do not match. If there are more, the first and the last half of this number are shown.
  private static let shown = 20

  /// The explanation for people. Each line about a part of the policy has the place of this part.
  var text: String { text(in: Paint(isOn: false)) }

  /// The explanation in colours.
  func text(in paint: Paint) -> String {
    var lines = [
      (described.pod.description.prefix(1).uppercased() + described.pod.description.dropFirst(), Paint.Style?.some(.heading))
    ]
    func add(_ texts: [String], _ style: Paint.Style? = nil) { lines += texts.map { ($0, style) } }
    add(assumptions.map { "  assumed: \($0)" }, .faint)
    add(notes.map { "  note: \($0)" }, .note)
    if outcome != nil {
      add(["", "Rules"], .heading)
      for line in ruleLines { add([line], line.hasPrefix("  YES") ? .good : .faint) }
    }
    switch outcome {
    case nil:
      let text = "The Pod has the node's network (hostNetwork: true): the runtime does not call Braid, and no rule applies"
      add(["", text], .note)
    case .failure(let error)?:
      let place = error.selection.flatMap { described.place(of: $0) }.map { " (\($0.description))" } ?? ""
      add(["", "The Pod is refused: \(error.text)\(place)"], .bad)
    case .success(let selection)?:
      add(["", "Interfaces"], .heading)
      for attachment in selection.attachments { add(self.lines(attachment)) }
      add(["", "Default route"], .heading)
      add(AddressFamily.allCases.map { routeLine($0) })
    }
    // Somebody else may have written the manifest, so its names may contain control characters.
    return lines.map { text, style in
      let safe = harmless(text, limit: .max)
      return (style.map { paint(safe, $0) } ?? safe) + "\n"
    }.joined()
  }

  private var ruleLines: [String] {
    var lines = skipped.map { item in
      "  no   \(item.rule.name)  (\(item.rule.span.description)): " + item.reasons.map(\.description).joined(separator: "; ")
    }
    if lines.count > Self.shown {
      let hidden = lines.count - Self.shown
      lines.replaceSubrange(Self.shown / 2..<lines.count - Self.shown / 2, with: ["  …    \(hidden) more that do not match"])
    }
    if let rule { lines.append("  YES  \(rule.name)  (\(rule.span.description)): \(rule.match.description)") }
    return lines
  }

  private func lines(_ attachment: SelectedAttachment) -> [String] {
    var lines = ["  \(attachment.interface)  network \(attachment.network.name): \(attachment.network.chainText)"]
    func add(_ key: String, _ value: String) {
      lines.append("    " + key + String(repeating: " ", count: max(1, 11 - key.count)) + value)
    }
    switch attachment.origin {
    case .rule(let span): add("by", "the rule (\(span.description))")
    case .request(let annotation, let grant):
      add("by", "the Pod's annotation \(annotation.rawValue)")
      add("allowed", "in requests (\(grant.description))")
    }
    for (i, text) in attachment.network.poolTexts.enumerated() { add(i == 0 ? "addresses" : "", text) }
    for (capability, value) in attachment.options.runtimeConfig { add("asks for", "\(capability.rawValue) \(value.text())") }
    if let mtu = attachment.options.mtu { add("MTU", "\(mtu.bytes)") }
    if !attachment.options.acceptsRA { add("acceptRA", "false: it takes nothing from router advertisements") }
    if attachment.options.routesBySource { add("routing", "source: packets with its address leave through it") }
    if !attachment.options.arguments.isEmpty { add("args.cni", JSONText.object(attachment.options.arguments)) }
    if !attachment.inResult { add("result", "its addresses are kept out of the runtime's result") }
    return lines
  }

  private func routeLine(_ family: AddressFamily) -> String {
    let title = "  IPv\(family.rawValue)  "
    guard let owner = owner(of: family) else { return title + "none is installed: no attachment has it" }
    let name = "\(owner.interface), network \(owner.network.name)"
    if let gateway = owner.defaultRoute.gateways.first(where: { $0.family == family }) {
      return title + "\(name), through \(gateway), as the Pod asks"
    }
    if let families = owner.network.families, !families.contains(family) {
      return title + "none: \(name) has no IPv\(family.rawValue) addresses"
    }
    if owner.defaultRoute.claimed.contains(family) {
      let brings = owner.network.defaultRoute(family, with: owner.options) == .brings
      let demand = owner.defaultRoute.claimed.count > 1 ? "it must bring this one or the other family's" : "it must bring one"
      return title + (brings ? name : "\(name): \(demand), or the ADD fails")
    }
    switch owner.network.broughtDefaultRoutes?.contains(family) {
    case true?: return title + name
    case false?: return title + "none: \(name) would have it, and brings none"
    case nil: return title + "\(name), if its plugins bring one"
    }
  }
}

extension Network {
  /// Where its addresses come from, and how many there are.
  var poolTexts: [String] {
    let sets = AddressPool.sets(of: self)
    guard !sets.isEmpty else { return addressTexts }
    return sets.flatMap { set in
      set.enumerated().map { position, pool in
        let range = pool.range
        let extent = range.first.map { "\($0) to \(range.last)" } ?? "none"
        let gateway = range.effectiveGateway.map { ", gateway \($0)" } ?? ""
        return (position == 0 ? "" : "or ") + "\(extent) of \(range.subnet): \(range.count) to give\(gateway)"
      }
    }
  }
}
