import CNI
import Netlink
import NetworkTypes

/// Compares a macvlan attachment with the result of its ADD, in the order of the reference plugin.
struct MacvlanCheck {
  let configuration: MacvlanConfiguration
  let call: DelegateCall
  let master: Link
  let container: NodeNamespace

  func run() throws(DelegateError) {
    let previous: CNIResult?
    do { previous = try call.configuration.prevResult() } catch { throw .result(error) }
    guard let previous else { throw different(.noPrevResult) }
    guard let expected = previous.interfaces.last(where: { $0.name == call.ifName.text && $0.sandbox == call.netns }) else {
      throw different(.sandbox(expected: "", netns: call.netns))
    }
    guard let link = try netlink({ () throws(NetlinkError) in try container.route.link(named: call.ifName) }) else {
      throw different(.linkMissing(expected.name))
    }
    try check(link, expected)
    try AttachmentCheck(ContainerLink(link, call.ifName, in: container), previous).run { different(.attachment($0)) }
  }

  private func check(_ link: Link, _ expected: CNIResult.Interface) throws(DelegateError) {
    guard case .macvlan(let macvlan) = link.kind else { throw different(.notAMacvlan(link.name)) }
    guard macvlan.mode == configuration.mode else {
      throw different(.mode(found: "\(macvlan.mode)", expected: "\(configuration.mode)"))
    }
    guard link.parent == master.index, (link.parentNamespace == nil) == configuration.linkInContainer else {
      throw different(.master(link.name, expected: master.name))
    }
    let found = link.mac?.description ?? ""
    guard expected.mac.isEmpty || expected.mac.lowercased() == found else {
      throw different(.mac(link.name, expected: expected.mac, found: found))
    }
  }

  private func different(_ difference: MacvlanDifference) -> DelegateError { .macvlan(.check(difference)) }
}
