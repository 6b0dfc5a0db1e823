import NetworkTypes

/// Settings of a link that `tuning` changes. Nil leaves a setting as it is.
package struct LinkSettings: Hashable, Sendable {
  package var mac: MACAddress?
  package var mtu: MTU?
  /// Only `true` is a wish: many users of a link may want it promiscuous, and nobody can want it otherwise for all of them.
  package var isPromiscuous: Bool?
  package var receivesAllMulticast: Bool?
  /// In packets.
  package var queueLength: Int?

  package init() {}

  package var isEmpty: Bool { self == LinkSettings() }

  /// Takes over the settings that another source has.
  mutating func merge(_ stronger: LinkSettings) {
    mac = stronger.mac ?? mac
    mtu = stronger.mtu ?? mtu
    isPromiscuous = stronger.isPromiscuous ?? isPromiscuous
    receivesAllMulticast = stronger.receivesAllMulticast ?? receivesAllMulticast
    queueLength = stronger.queueLength ?? queueLength
  }
}
