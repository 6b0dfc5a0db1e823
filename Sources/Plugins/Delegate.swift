import CNI
import JSON

/// One plugin of a chain, built in or external; the engine cannot tell which.
///
/// Every method gets the configuration as the plugin would read it on stdin. `validate` touches nothing and needs no node;
/// the engine has run it for every delegate before it runs the first `add`.
package protocol Delegate {
  /// Throws for every mistake in the configuration that can be known without the node.
  func validate(_ configuration: PluginConfiguration) throws(DelegateError)

  /// Makes the attachment; on failure it has undone what it made.
  func add(_ call: DelegateCall, on node: Node) throws(DelegateError) -> CNIResult

  /// Removes the attachment; what is gone already is no error.
  func delete(_ call: DelegateCall, on node: Node) throws(DelegateError)

  /// Throws what differs between the attachment and the configuration's prevResult.
  func check(_ call: DelegateCall, on node: Node) throws(DelegateError)

  /// Frees what belongs to attachments that are not in `valid`.
  func collectGarbage(_ configuration: PluginConfiguration, path: [String], valid: [Attachment], on node: Node)
    throws(DelegateError)

  /// Throws what stands in the way of an ADD.
  func status(_ configuration: PluginConfiguration, path: [String], on node: Node) throws(DelegateError)
}
