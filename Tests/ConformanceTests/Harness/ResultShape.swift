import JSON

/// The allowed members of a result in a version of the specification (section 5, and the earlier documents' "Result").
struct ResultShape {
  let spec: Spec

  init(_ spec: Spec) { self.spec = spec }

  private enum Kind { case text, count, flag, texts }
  private typealias Keys = [String: Kind]

  /// The faults of a result, one per line.
  func flaws(_ result: JSON) -> [String] {
    guard let object = result.object else { return ["the result is \(result.kind)"] }
    var found: [String] = []
    if result["cniVersion"].string != spec.rawValue { found.append("cniVersion is not the configuration's, \(spec.rawValue)") }
    let allowed: Set<String> =
      Spec.flat.contains(spec)
      ? ["cniVersion", "ip4", "ip6", "dns"] : ["cniVersion", "interfaces", "ips", "routes", "dns"]
    for member in object.members where !allowed.contains(member.name) { found.append("unknown key \(member.name)") }
    found += dns(result["dns"])
    for family in ["ip4", "ip6"] where !result[family].isNull { found += flat(result[family]) }
    for interface in result["interfaces"].list { found += keys(interface, interfaceKeys, required: ["name"]) }
    for ip in result["ips"].list { found += address(ip, count: result["interfaces"].list.count) }
    for route in result["routes"].list { found += keys(route, routeKeys, required: ["dst"]) }
    return found
  }

  private var interfaceKeys: Keys {
    let common: Keys = ["name": .text, "mac": .text, "sandbox": .text]
    return spec < .v110 ? common : common.merging(["mtu": .count, "socketPath": .text, "pciID": .text]) { a, _ in a }
  }

  private var routeKeys: Keys {
    let common: Keys = ["dst": .text, "gw": .text]
    // The specification has the others since 1.1.0. The reference plugins print them in every result that lists interfaces.
    guard !Spec.flat.contains(spec) else { return common }
    return common.merging(["mtu": .count, "advmss": .count, "priority": .count, "table": .count, "scope": .count]) { a, _ in a }
  }

  private func flat(_ family: JSON) -> [String] {
    guard let object = family.object else { return ["ip4 or ip6 is \(family.kind)"] }
    var found = object.members.filter { !["ip", "gateway", "routes"].contains($0.name) }.map { "unknown key \($0.name)" }
    if family["ip"].text.firstIndex(of: "/") == nil { found.append("ip is no CIDR") }
    for route in family["routes"].list { found += keys(route, routeKeys, required: ["dst"]) }
    return found
  }

  private func address(_ ip: JSON, count: Int) -> [String] {
    var known: Keys = ["address": .text, "gateway": .text, "interface": .count]
    if spec < .v100 { known["version"] = .text }
    var found = keys(ip, known, required: spec < .v100 ? ["address", "version"] : ["address"])
    if let index = ip["interface"].int, !(0..<max(count, 1)).contains(index) { found.append("interface \(index) of \(count)") }
    if let version = ip["version"].string, version != (ip["address"].text.contains(":") ? "6" : "4") {
      found.append("version \(version) of \(ip["address"].text)")
    }
    return found
  }

  private func dns(_ dns: JSON) -> [String] {
    guard !dns.isNull else { return [] }
    return keys(dns, ["nameservers": .texts, "domain": .text, "search": .texts, "options": .texts], required: [])
  }

  private func keys(_ value: JSON, _ known: Keys, required: Set<String>) -> [String] {
    guard let object = value.object else { return ["\(value.text(pretty: false)) is not an object"] }
    var found = required.filter { object[$0] == nil }.map { "no \($0)" }
    for member in object.members {
      switch (known[member.name], member.value) {
      case (.text, .string), (.count, .number), (.flag, .bool): break
      case (.texts, .array(let items)) where items.allSatisfy { $0.string != nil }: break
      case (nil, _): found.append("unknown key \(member.name)")
      default: found.append("\(member.name) is \(member.value.kind)")
      }
    }
    return found
  }
}
