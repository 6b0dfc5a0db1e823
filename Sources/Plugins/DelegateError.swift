import CNI
import IPAM
import NetworkTypes
import Netlink
import System

/// What can go wrong in one delegate, by the module that found it.
package enum DelegateError: Error, Sendable {
  case `protocol`(ProtocolError)
  case configuration(ConfigurationError)
  case result(ResultError)
  case system(SystemError)
  case netlink(NetlinkError)
  case ipam(IPAMError)
  case bridge(BridgeError)
  case macvlan(MacvlanError)
  case loopback(LoopbackError)
  case external(ExternalDelegateError)
  /// CNI_NETNS cannot be opened as a network namespace.
  case netns(String, SystemError)
  /// The container has no link of that name.
  case linkMissing(InterfaceName, netns: String)
  /// Nobody read the result, so that it was undone.
  case unread
  /// An IPAM plugin succeeded without an address.
  case ipamWithoutAddress(String)
  /// CHECK found more than one thing; the first is the one that the reference plugins would have told of.
  case differences([DelegateError])
  /// An error object that an external delegate answered.
  case reply(type: String, ErrorObject)
}
