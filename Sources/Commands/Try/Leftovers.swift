import Netlink
import NetworkTypes

/// Finds things that a DEL should have removed.
enum Leftovers {
  /// Lists links, records and reservations. Bridges and the gateway links of their VLANs belong to the node and may stay.
  static func find(
    in directory: String, _ node: TrialNamespace, _ container: TrialNamespace, before: Set<String>
  ) throws(TrialError) -> [String] {
    let inside = try KernelView(container).links.filter { $0.name != "lo" }.map { "the link \($0.name) in the Pod" }
    let outside = foreign(try KernelView(node).links, before).map { "the link \($0) on the node" }
    return inside + outside + files(in: directory)
  }

  private static func foreign(_ links: [Link], _ before: Set<String>) -> [String] {
    let bridges = links.filter(\.kind.isBridge).map(\.name)
    let shared = links.filter { link in bridges.contains { link.name == $0 || link.name.hasPrefix("\($0).") } }
    let indices = Set(shared.map(\.index))
    return links.filter { link in
      !before.contains(link.name) && !indices.contains(link.index) && !(link.parent.map { indices.contains($0) } ?? false)
    }.map(\.name)
  }

  /// Records and reservations. A reservation is a file whose name is an address.
  private static func files(in directory: String) -> [String] {
    FileTree.paths(below: directory).sorted().filter { path in
      let name = path.split(separator: "/").last ?? ""
      return path.hasPrefix("state/records/") || path.hasPrefix("ipam/") && (try? IPAddress(name)) != nil
    }.map { "the file \($0)" }
  }
}
