import CLinux
import NetworkTypes

/// The classifier that compares addresses (tc-flower(8)).
enum Flower {
  static func write(_ filter: Filter, _ options: inout MessageWriter) {
    filter.write(&options, TrafficControlAttribute.Flower.classID, TrafficControlAttribute.Flower.actions)
    options.attribute(TrafficControlAttribute.Flower.etherType, filter.etherType.bigEndian)
    let prefix: CIDR
    let isSource: Bool
    switch filter.match {
    case .source(let network): (prefix, isSource) = (network, true)
    case .destination(let network): (prefix, isSource) = (network, false)
    case .everything, .family, .other: return
    }
    let key = key(prefix.family, isSource: isSource)
    options.attribute(key.value, prefix.network.address.bytes)
    options.attribute(key.mask, IPAddress(family: prefix.family, value: ~prefix.hostMask).bytes)
  }

  /// The meaning of a filter's options.
  static func match(_ options: Attributes, _ family: Filter.Family) throws(MalformedReply) -> Filter.Match {
    guard case .ip(let family) = family else { return .other }
    for isSource in [true, false] {
      let key = key(family, isSource: isSource)
      guard let address = try options.address(key.value, family) else { continue }
      let mask = try options.required(key.mask, options.address(key.mask, family)).value
      guard let prefix = CIDR(address, mask: mask)?.network else { return .other }
      if prefix.prefixLength == 0 { continue }
      return isSource ? .source(prefix) : .destination(prefix)
    }
    return .family(family)
  }

  private static func key(_ family: AddressFamily, isSource: Bool) -> (value: Int, mask: Int) {
    switch (family, isSource) {
    case (.ipv4, true): TrafficControlAttribute.Flower.ipv4Source
    case (.ipv4, false): TrafficControlAttribute.Flower.ipv4Destination
    case (.ipv6, true): TrafficControlAttribute.Flower.ipv6Source
    case (.ipv6, false): TrafficControlAttribute.Flower.ipv6Destination
    }
  }
}
