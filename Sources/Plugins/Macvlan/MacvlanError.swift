import CNI
import NetworkTypes

/// Why a macvlan attachment cannot be made, or how it differs from its ADD.
package enum MacvlanError: PluginFailure, Equatable {
  /// No `master` is configured, and there is no default route that names one.
  case noDefaultRoute
  /// No link has the master's name.
  case masterMissing(InterfaceName)
  /// The requested MTU is larger than the master's. Both are in bytes.
  case mtu(Int, master: Int)
  case containerLinkExists(InterfaceName)
  /// The kernel refuses macvlans on the master, because something else receives its packets, such as a bridge or a bond.
  case masterBusy(String, mode: String)
  /// Another macvlan on the master, or the master itself, has the hardware address.
  case addressTaken(MACAddress, InterfaceName, master: String)
  case check(MacvlanDifference)

  package var object: ErrorObject {
    switch self {
    case .noDefaultRoute: ErrorObject(.invalidConfiguration, "no default route interface found")
    case .masterMissing(let name):
      ErrorObject(.invalidConfiguration, "failed to lookup master \"\(name)\": Link not found")
    case .mtu(let mtu, let master):
      ErrorObject(.invalidConfiguration, "invalid MTU \(mtu), must be [0, master MTU(\(master))]")
    case .containerLinkExists(let name): ErrorObject(.io, "the container has an interface \"\(name)\" already")
    case .masterBusy(let master, let mode):
      ErrorObject(
        .invalidConfiguration,
        "the master \"\(master)\" is busy: it is a port of a bridge or bond, or another macvlan on it excludes mode \(mode)")
    case .addressTaken(let mac, let name, let master):
      ErrorObject(
        .invalidConfiguration,
        "the MAC address \(mac) of \(name) is taken: another macvlan on \"\(master)\" has it, or the master")
    case .check(let difference): ErrorObject(.io, difference.description)
    }
  }

  package var referenceText: String? { if case .masterMissing = self { "Link not found" } else { nil } }

  package var limitsConnectivity: Bool { if case .masterMissing = self { true } else { false } }
}

/// A difference that CHECK finds between the kernel and the result of ADD. The text is the reference plugin's if it has one,
/// because other programs compare it.
package enum MacvlanDifference: Equatable, Sendable, CustomStringConvertible {
  case mode(found: String, expected: String)
  /// The interface is on another link than the master.
  case master(String, expected: String)
  /// A difference that every interface plugin looks for.
  case interface(InterfaceDifference)

  package var description: String {
    switch self {
    case .mode(let found, let expected): "container macvlan mode \(found) does not match expected value: \(expected)"
    case .master(let name, let expected): "interface \(name) is not on master \(expected)"
    case .interface(let difference): Self.text(difference)
    }
  }

  private static func text(_ difference: InterfaceDifference) -> String {
    switch difference {
    case .noPrevResult: "required prevResult missing"
    case .sandbox(let expected, let netns): "sandbox in prevResult \(expected) doesn't match configured netns: \(netns)"
    case .linkMissing(let name): "container Interface name in prevResult: \(name) not found"
    case .otherKind(let name): "error: Container interface \(name) not of type macvlan"
    case .mac(let name, let expected, let found): "interface \(name) Mac \(expected) doesn't match container Mac: \(found)"
    case .attachment(let difference): difference.description
    }
  }
}
