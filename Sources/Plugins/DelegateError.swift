import CNI
import NetworkTypes
import Netlink
import PluginModel
import System

/// The failure of a delegate, by the module or plugin that found it.
package enum DelegateError: Error, Sendable {
  case `protocol`(ProtocolError)
  case configuration(PluginConfigurationError)
  case result(ResultError)
  case system(SystemError)
  case netlink(NetlinkError)
  /// A plugin's own error. Its code and text stand in the plugin's folder.
  case plugin(any PluginFailure)
  case external(ExternalDelegateError)
  /// CNI_NETNS cannot be opened as a network namespace.
  case netns(String, SystemError)
  /// The container has no link of that name.
  case linkMissing(InterfaceName, netns: String)
  /// Nobody read the result, so the attachment was undone.
  case unread
  /// An IPAM plugin succeeded without an address.
  case ipamWithoutAddress(String)
  /// CHECK found several differences. The first is the one that the reference plugins would have reported.
  case differences([DelegateError])
  /// The error object that an external delegate printed.
  case reply(type: String, ErrorObject)
  /// An error, and the errors of the undo that followed it.
  indirect case incomplete(DelegateError, left: [DelegateError])

  /// The error together with the undo's errors; the error alone if there are none.
  package func leaving(_ left: [DelegateError]) -> DelegateError { left.isEmpty ? self : .incomplete(self, left: left) }

  /// The error without the undo's errors, for callers that will undo the delegate again.
  package var withoutLeft: DelegateError { if case .incomplete(let error, _) = self { error } else { self } }
}

/// An error of one plugin, and the answer to the runtime.
package protocol PluginFailure: Error, Sendable {
  /// The CNI code and text.
  var object: ErrorObject { get }
  /// The reference plugin's text, for a plugin that runs under its own name. Nil if it equals the text of `object`.
  var referenceText: String? { get }
  /// The configuration key at fault; empty if the error is about no single key.
  var path: ConfigurationError.KeyPath { get }
  /// Whether Pods that are attached already suffer as well (CNI specification, section 5, code 51).
  var limitsConnectivity: Bool { get }
  /// Whether there is no room now, but Pods that end make some.
  var isShortage: Bool { get }
}

extension PluginFailure {
  package var referenceText: String? { nil }
  package var path: ConfigurationError.KeyPath { .init() }
  package var limitsConnectivity: Bool { false }
  package var isShortage: Bool { false }
}
