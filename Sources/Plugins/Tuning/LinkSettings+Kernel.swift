import Netlink
import NetworkTypes
import PluginModel

extension LinkSettings {
  /// The link's present values of those settings that `others` has.
  init(_ link: Link, of others: LinkSettings) {
    self.init()
    if others.mac != nil { mac = link.mac }
    if others.mtu != nil { mtu = try? MTU(link.mtu) }
    if others.isPromiscuous != nil { isPromiscuous = link.isPromiscuous }
    if others.receivesAllMulticast != nil { receivesAllMulticast = link.receivesAllMulticast }
    if others.queueLength != nil { queueLength = Int(link.queueLength) }
  }

  /// A request for each setting, so that the kernel's refusal is about one of them.
  func changes(of link: Link) -> [Request] {
    var changes: [LinkChange] = []
    if let mac { changes.append(LinkChange(mac: mac)) }
    if let isPromiscuous { changes.append(LinkChange(isPromiscuous: isPromiscuous)) }
    if let mtu { changes.append(LinkChange(mtu: mtu)) }
    if let receivesAllMulticast { changes.append(LinkChange(receivesAllMulticast: receivesAllMulticast)) }
    if let queueLength { changes.append(LinkChange(queueLength: UInt32(clamping: queueLength))) }
    return changes.map { $0.request(link.index, label: link.name) }
  }

  /// In the order in which the reference plugin compares.
  func differences(from link: Link) -> [TuningDifference] {
    var found: [TuningDifference] = []
    if let mac, mac != link.mac { found.append(.mac(link.name, mac, found: link.mac)) }
    // Others may make a link promiscuous as well: the flag tells nothing about our wish then, only its absence does.
    if isPromiscuous == true, !link.isPromiscuous { found.append(.promiscuous(link.name)) }
    if let mtu, Int(mtu.bytes) != link.mtu { found.append(.mtu(link.name, mtu, found: link.mtu)) }
    if let wanted = receivesAllMulticast, wanted != link.receivesAllMulticast { found.append(.allMulticast(link.name, wanted)) }
    if let queueLength, queueLength != Int(link.queueLength) {
      found.append(.queueLength(link.name, queueLength, found: link.queueLength))
    }
    return found
  }
}
