import Glibc
import System

/// The operations of rtnetlink, in the words of ip(8) and bridge(8).
extension NetlinkError.Operation {
  package static var addLink: Self { Self("add link") }
  package static var setLink: Self { Self("set link") }
  package static var deleteLink: Self { Self("delete link") }
  package static var showLink: Self { Self("show link") }
  package static var showNamespace: Self { Self("show namespace") }
  package static var addAddress: Self { Self("add address") }
  package static var deleteAddress: Self { Self("delete address") }
  package static var showAddress: Self { Self("show address") }
  package static var addRoute: Self { Self("add route") }
  package static var deleteRoute: Self { Self("delete route") }
  package static var showRoute: Self { Self("show route") }
  package static var addRule: Self { Self("add rule") }
  package static var deleteRule: Self { Self("delete rule") }
  package static var showRule: Self { Self("show rule") }
  package static var addNeighbour: Self { Self("add neighbour") }
  package static var deleteNeighbour: Self { Self("delete neighbour") }
  package static var showNeighbour: Self { Self("show neighbour") }
  package static var setBridgePort: Self { Self("set bridge port") }
  package static var addBridgeVLAN: Self { Self("add bridge vlan") }
  package static var deleteBridgeVLAN: Self { Self("delete bridge vlan") }
  package static var showBridgeVLAN: Self { Self("show bridge vlan") }
}

extension Errno {
  /// ENODEV: there is no link of that name or index.
  package static var noSuchDevice: Errno { Errno(rawValue: Glibc.ENODEV) }
}
