import CLinux
import NetworkTypes

/// Changes to an existing link (`ip link set`). Nil leaves a property as it is.
package struct LinkChange {
  package var isUp: Bool?
  package var isPromiscuous: Bool?
  /// Whether it receives all multicast packets (IFF_ALLMULTI).
  package var receivesAllMulticast: Bool?
  package var mac: MACAddress?
  package var mtu: MTU?
  /// How many packets it queues for sending at most.
  package var queueLength: UInt32?
  /// The index of the bridge; 0 for none.
  package var master: Int32?
  package var name: InterfaceName?
  /// A text that `ip link` shows beside it, up to 255 bytes.
  package var alias: String?
  package var group: UInt32?
  /// A descriptor of the namespace that it moves to.
  ///
  /// Moving costs about 10 ms, an RCU grace period. Making the link in its final namespace avoids that.
  package var namespace: Int32?

  package init(
    isUp: Bool? = nil, isPromiscuous: Bool? = nil, receivesAllMulticast: Bool? = nil, mac: MACAddress? = nil, mtu: MTU? = nil,
    queueLength: UInt32? = nil, master: Int32? = nil, name: InterfaceName? = nil, alias: String? = nil, group: UInt32? = nil,
    namespace: Int32? = nil
  ) {
    (self.receivesAllMulticast, self.queueLength) = (receivesAllMulticast, queueLength)
    (self.isUp, self.isPromiscuous, self.mac, self.mtu) = (isUp, isPromiscuous, mac, mtu)
    (self.master, self.name, self.alias, self.group) = (master, name, alias, group)
    self.namespace = namespace
  }

  /// `label` is the link's name in errors.
  package func request(_ index: Int32, label: String) -> Request {
    var (flags, change) = (0 as UInt32, 0 as UInt32)
    let wishes = [
      (isUp, CLINUX_IFF_UP), (isPromiscuous, CLINUX_IFF_PROMISC), (receivesAllMulticast, CLINUX_IFF_ALLMULTI),
    ]
    for (wanted, flag) in wishes {
      guard let wanted else { continue }
      change |= UInt32(flag)
      if wanted { flags |= UInt32(flag) }
    }
    var message = MessageWriter(type: UInt16(RTM_NEWLINK), flags: UInt16(NLM_F_REQUEST | NLM_F_ACK))
    message.header(ifinfomsg(index: index, flags: flags, change: change))
    if let mac { message.attribute(LinkAttribute.address, mac.bytes) }
    if let mtu { message.attribute(LinkAttribute.mtu, mtu.bytes) }
    if let queueLength { message.attribute(LinkAttribute.queueLength, queueLength) }
    if let master { message.attribute(LinkAttribute.master, master) }
    if let name { message.attribute(LinkAttribute.name, string: name.text) }
    if let alias { message.attribute(LinkAttribute.alias, alias.utf8) }
    if let group { message.attribute(LinkAttribute.group, group) }
    if let namespace { message.attribute(LinkAttribute.namespaceDescriptor, namespace) }
    return Request(.setLink, words(label), message)
  }

  /// The link as errors call it: its name, and the values that the kernel may refuse.
  private func words(_ label: String) -> String {
    var parts: [String] = []
    if let name { parts.append("name \(name)") }
    if let mac { parts.append("MAC \(mac)") }
    if let mtu { parts.append("MTU \(mtu.bytes)") }
    if let queueLength { parts.append("queue length \(queueLength)") }
    return parts.isEmpty ? label : "\(label) (\(parts.joined(separator: ", ")))"
  }
}
