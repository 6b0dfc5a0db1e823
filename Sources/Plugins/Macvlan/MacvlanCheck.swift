import CNI
import Netlink
import NetworkTypes

/// Compares a macvlan attachment with the result of its ADD, in the order of the reference plugin.
struct MacvlanCheck {
  let configuration: MacvlanConfiguration
  let call: DelegateCall
  let master: Link
  let container: NodeNamespace
  /// What was found so far.
  var found = Differences()

  init(_ configuration: MacvlanConfiguration, _ call: DelegateCall, master: Link, container: NodeNamespace) {
    (self.configuration, self.call, self.master, self.container) = (configuration, call, master, container)
  }

  /// Looks at everything that can be looked at; throws where the kernel does not answer, or there is nothing to compare with.
  mutating func run() throws(DelegateError) {
    let previous: CNIResult?
    do { previous = try call.configuration.prevResult() } catch { throw .result(error) }
    guard let previous else { throw .macvlan(.check(.noPrevResult)) }
    guard let expected = previous.interfaces.last(where: { $0.name == call.ifName.text && $0.sandbox == call.netns }) else {
      return different(.sandbox(expected: "", netns: call.netns))
    }
    guard let link = try netlink({ () throws(NetlinkError) in try container.route.link(named: call.ifName) }) else {
      return different(.linkMissing(expected.name))
    }
    check(link, expected)
    let attachment = AttachmentCheck(ContainerLink(link, call.ifName, in: container), previous)
    for difference in try attachment.differences() { different(.attachment(difference)) }
  }

  private mutating func check(_ link: Link, _ expected: CNIResult.Interface) {
    guard case .macvlan(let macvlan) = link.kind else { return different(.notAMacvlan(link.name)) }
    if macvlan.mode != configuration.mode { different(.mode(found: "\(macvlan.mode)", expected: "\(configuration.mode)")) }
    if link.parent != master.index || (link.parentNamespace == nil) != configuration.linkInContainer {
      different(.master(link.name, expected: master.name))
    }
    let found = link.mac?.description ?? ""
    if !expected.mac.isEmpty, expected.mac.lowercased() != found {
      different(.mac(link.name, expected: expected.mac, found: found))
    }
  }

  private mutating func different(_ difference: MacvlanDifference) { found.append(.macvlan(.check(difference))) }
}
