import CNI
import NetworkTypes
import Netlink
import PluginModel
import System

/// What can go wrong in one delegate, by the module or plugin that found it.
package enum DelegateError: Error, Sendable {
  case `protocol`(ProtocolError)
  case configuration(PluginConfigurationError)
  case result(ResultError)
  case system(SystemError)
  case netlink(NetlinkError)
  /// A plugin's own error, whose code and text stand in the plugin's room.
  case plugin(any PluginFailure)
  case external(ExternalDelegateError)
  /// CNI_NETNS cannot be opened as a network namespace.
  case netns(String, SystemError)
  /// The container has no link of that name.
  case linkMissing(InterfaceName, netns: String)
  /// Nobody read the result, so it was undone.
  case unread
  /// An IPAM plugin succeeded without an address.
  case ipamWithoutAddress(String)
  /// CHECK found more than one difference; the first is the one that the reference plugins would have reported.
  case differences([DelegateError])
  /// An error object that an external delegate answered.
  case reply(type: String, ErrorObject)
  /// An error, and what could not be undone after it.
  indirect case incomplete(DelegateError, left: [DelegateError])

  /// The error beside what could not be undone; the error itself if everything could.
  package func leaving(_ left: [DelegateError]) -> DelegateError { left.isEmpty ? self : .incomplete(self, left: left) }

  /// The error alone: for callers that undo the delegate once more themselves.
  package var withoutLeft: DelegateError { if case .incomplete(let error, _) = self { error } else { self } }
}

/// An error of one plugin. The plugin's room says how it is answered.
package protocol PluginFailure: Error, Sendable {
  /// The CNI code that fits, and the text.
  var object: ErrorObject { get }
  /// The reference plugin's text where it differs from `object`'s: for the plugin under its own name. Nil where it does not.
  var referenceText: String? { get }
  /// The key of the configuration that is at fault; the whole configuration if it is none.
  var path: ConfigurationError.KeyPath { get }
  /// Whether Pods that are attached already suffer too (CNI specification, section 5, code 51).
  var limitsConnectivity: Bool { get }
}

extension PluginFailure {
  package var referenceText: String? { nil }
  package var path: ConfigurationError.KeyPath { .init() }
  package var limitsConnectivity: Bool { false }
}
