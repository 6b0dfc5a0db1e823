import CNI
import Netlink
import NetworkTypes

/// Compares a macvlan attachment with the result of its ADD.
struct MacvlanCheck {
  let configuration: MacvlanConfiguration
  let call: DelegateCall
  let node: Node

  func run() throws(DelegateError) {
    let previous: CNIResult?
    do { previous = try call.configuration.prevResult() } catch { throw .result(error) }
    guard let previous else { throw different(.noPrevResult) }
    guard let expected = previous.interfaces.first(where: { $0.name == call.ifName.text && !$0.sandbox.isEmpty }) else {
      throw different(.prevResultWithout(call.ifName.text))
    }
    guard expected.sandbox == call.netns else { throw different(.sandbox(call.ifName.text, expected: expected.sandbox)) }
    let own = try ContainerLink(call.ifName, in: try node.container(call.netns))
    guard case .macvlan(let macvlan) = own.link.kind else { throw different(.kind(own.link.name, found: "\(own.link.kind)")) }
    guard macvlan.mode == configuration.mode else {
      throw different(.mode(found: "\(macvlan.mode)", expected: "\(configuration.mode)"))
    }
    let found = own.link.mac?.description ?? ""
    guard expected.mac.isEmpty || expected.mac.lowercased() == found else {
      throw different(.mac(own.link.name, expected: expected.mac, found: found))
    }
    try AttachmentCheck(own, previous, interface: expected.name).run { difference in
      switch difference {
      case .addressMissing(let address, let interface): different(.addressMissing(address, interface))
      case .routeMissing(let destination, let gateway): different(.routeMissing(destination, via: gateway))
      }
    }
  }

  private func different(_ difference: MacvlanDifference) -> DelegateError { .macvlan(.check(difference)) }
}
