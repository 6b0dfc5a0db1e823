import CNI
import Netlink
import Plugins

/// Keeps the record's results whole, whatever the versions of the delegates cannot say. CHECK and DEL compare with them.
struct ResultKeeper {
  let node: Node
  let netns: String

  /// A delegate's result, completed with what the delegate could not pass on of the result before.
  func complete(
    _ result: CNIResult, of delegate: PlannedDelegate, in attachment: PlannedAttachment, after previous: CNIResult?
  ) throws(DelegateError) -> CNIResult {
    guard let previous, !node.delegates.traits(delegate.type).passesWholeResult else { return result }
    let version: SpecVersion
    do { version = try PluginConfiguration(delegate.configuration).cniVersion } catch { throw .protocol(error) }
    var whole = result.restoring(previous, lostIn: version)
    guard !version.hasInterfaces else { return whole }
    // The delegate may have changed the hardware address, and its form cannot say so.
    let container = try node.container(netns)
    do throws(NetlinkError) {
      let mac = try container.route.link(named: attachment.interface)?.mac?.description
      for i in whole.interfaces.indices {
        guard let mac, whole.interfaces[i].name == attachment.interface.text, !whole.interfaces[i].sandbox.isEmpty else {
          continue
        }
        whole.interfaces[i].mac = mac
      }
    } catch { throw .netlink(error) }
    return whole
  }
}
