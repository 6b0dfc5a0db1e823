import Diagnostics
import PluginModel

/// A range of addresses that a network's IPAM plugin gives out, with the places of its keys.
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
  /// A network's sets of ranges, each of which gives one address. Unreadable ranges are left out: the delegate refuses them.
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
