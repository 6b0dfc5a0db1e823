import CLinux

/// The attributes of RTM_*LINK messages that we read or write (linux/if_link.h). One table serves both directions.
enum LinkAttribute {
  static let address = Int(IFLA_ADDRESS)
  static let name = Int(IFLA_IFNAME)
  static let mtu = Int(IFLA_MTU)
  static let link = Int(IFLA_LINK)
  static let master = Int(IFLA_MASTER)
  static let alias = Int(IFLA_IFALIAS)
  static let group = Int(IFLA_GROUP)
  static let operationalState = Int(IFLA_OPERSTATE)
  static let queueLength = Int(IFLA_TXQLEN)
  static let promiscuity = Int(IFLA_PROMISCUITY)
  static let properties = Int(IFLA_PROP_LIST)
  /// Inside IFLA_PROP_LIST.
  static let alternativeName = Int(IFLA_ALT_IFNAME)
  static let namespaceDescriptor = Int(IFLA_NET_NS_FD)
  static let linkNamespace = Int(IFLA_LINK_NETNSID)
  static let targetNamespace = Int(IFLA_IF_NETNSID)
  static let extensions = Int(IFLA_EXT_MASK)
  static let bridgePort = Int(IFLA_PROTINFO)
  static let families = Int(IFLA_AF_SPEC)
  static let info = Int(IFLA_LINKINFO)

  /// Inside IFLA_LINKINFO.
  enum Info {
    static let kind = Int(IFLA_INFO_KIND)
    static let data = Int(IFLA_INFO_DATA)
    static let slaveKind = Int(IFLA_INFO_SLAVE_KIND)
    static let slaveData = Int(IFLA_INFO_SLAVE_DATA)
  }

  /// Inside IFLA_INFO_DATA of a veth.
  enum Veth {
    static let peer = Int(VETH_INFO_PEER)
  }

  /// Inside IFLA_INFO_DATA of a bridge.
  enum Bridge {
    static let vlanFiltering = Int(IFLA_BR_VLAN_FILTERING)
    static let defaultPVID = Int(IFLA_BR_VLAN_DEFAULT_PVID)
  }

  /// Inside IFLA_INFO_DATA of a macvlan.
  enum Macvlan {
    static let mode = Int(IFLA_MACVLAN_MODE)
    static let broadcastQueueLength = Int(IFLA_MACVLAN_BC_QUEUE_LEN)
  }

  /// Inside IFLA_INFO_DATA of a VLAN.
  enum VLAN {
    static let id = Int(IFLA_VLAN_ID)
  }

  /// Inside IFLA_AF_SPEC of AF_BRIDGE messages (linux/if_bridge.h).
  enum BridgeFamily {
    static let flags = Int(CLINUX_IFLA_BRIDGE_FLAGS)
    static let vlan = Int(CLINUX_IFLA_BRIDGE_VLAN_INFO)
  }

  /// Inside IFLA_PROTINFO and IFLA_INFO_SLAVE_DATA of a bridge's port.
  enum Port {
    static let state = Int(IFLA_BRPORT_STATE)
    static let hairpin = Int(IFLA_BRPORT_MODE)
    static let isolated = Int(IFLA_BRPORT_ISOLATED)
    static let learning = Int(IFLA_BRPORT_LEARNING)
    static let unicastFlood = Int(IFLA_BRPORT_UNICAST_FLOOD)
    static let guardsBPDU = Int(IFLA_BRPORT_GUARD)
  }
}
