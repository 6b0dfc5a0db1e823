import Diagnostics
import PluginModel

/// A range of addresses that a network's IPAM gives out, with the places of its keys.
package struct AddressPool {
  package let network: Network
  package let range: DeclaredRange
  let spans: Spans

  /// The place of each key of the range.
  struct Spans {
    let subnet: Span
    let start: Span
    let end: Span
    let gateway: Span
  }
}

extension AddressPool {
  /// The sets of ranges of a network, each giving one address; what cannot be read is left to the delegate to refuse.
  package static func sets(of network: Network) -> [[AddressPool]] {
    network.chain.flatMap { entry -> [[AddressPool]] in
      guard case .pools(let sets)? = entry.ipamFacts?.addresses else { return [] }
      return sets.map { set in set.map { AddressPool(network: network, range: $0, spans: Spans($0.keys, in: entry)) } }
    }
  }
}

extension AddressPool.Spans {
  init(_ keys: DeclaredRange.Keys, in entry: ChainEntry) {
    subnet = entry.ipamSpan(of: keys.subnet)
    start = entry.ipamSpan(of: keys.start)
    end = entry.ipamSpan(of: keys.end)
    gateway = entry.ipamSpan(of: keys.gateway)
  }
}
