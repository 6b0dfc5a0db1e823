import CNI
import Netlink
import NetworkTypes

/// One CHECK of an interface. It collects every difference, in the order in which the reference plugins look.
struct InterfaceCheck {
  let call: DelegateCall
  let host: NodeNamespace
  let container: NodeNamespace
  /// The result of the ADD; empty until `run` has read it.
  private(set) var previous = CNIResult()
  /// The link that `compareNode` found on the node; nil if there is none of the right kind.
  var nodeLink: Link?
  private var found: [DelegateError] = []

  init(_ call: DelegateCall, host: NodeNamespace, container: NodeNamespace) {
    (self.call, self.host, self.container) = (call, host, container)
  }

  mutating func report(_ difference: any PluginFailure) { found.append(.plugin(difference)) }
  mutating func report(_ error: DelegateError) { found.append(error) }

  /// Runs `body` and adds its error to the differences.
  mutating func attempt(_ body: () throws(DelegateError) -> Void) {
    do { try body() } catch { found.append(error) }
  }

  /// Throws the differences: a single one as it is, several as `DelegateError.differences`.
  func end() throws(DelegateError) {
    if found.count > 1 { throw .differences(found) }
    if let only = found.first { throw only }
  }

  /// Compares everything that can be compared. Throws if the kernel does not answer, or if there is no result to compare with.
  mutating func run<Plugin: InterfacePlugin>(_ plugin: Plugin, _ ground: Plugin.Ground?) throws(DelegateError) {
    let result: CNIResult?
    do { result = try call.previous.result() } catch { throw .result(error) }
    guard let result else { throw .plugin(Plugin.failure(.noPrevResult)) }
    previous = result
    try plugin.compareNode(&self)
    let expected = result.interfaces.last { $0.name == call.ifName.text && $0.sandbox == call.netns }
    guard let expected else { return report(Plugin.failure(.sandbox(expected: "", netns: call.netns))) }
    guard let own = try netlink({ () throws(NetlinkError) in try container.route.link(named: call.ifName) }) else {
      return report(Plugin.failure(.linkMissing(expected.name)))
    }
    guard plugin.isOfOurKind(own) else { return report(Plugin.failure(.otherKind(own.name))) }
    let mac = own.mac?.description ?? ""
    if !expected.agrees(with: own) { report(Plugin.failure(.mac(own.name, expected: expected.mac, found: mac))) }
    try plugin.compare(own, ground, &self)
    guard plugin.isConfigured else { return }
    let attachment = AttachmentCheck(
      ContainerLink(own, call.ifName, in: container), result, lacksDetails: call.previous.mayLackRouteDetails)
    for difference in try attachment.differences() { report(Plugin.failure(.attachment(difference))) }
  }
}

extension CNIResult.Interface {
  /// Describes a link. Without a sandbox it is a link of the node.
  init(_ link: Link, sandbox: String = "") {
    self.init(name: link.name, mac: link.mac?.description ?? "", mtu: link.mtu, sandbox: sandbox)
    numbers = .init(index: link.index, parent: link.parent, parentNamespace: link.parentNamespace)
  }

  /// Whether a link has the hardware address that the result names, if it names one.
  func agrees(with link: Link) -> Bool { mac.isEmpty || mac.lowercased() == link.mac?.description }
}

extension CNIResult.LinkNumbers {
  /// Whether the other end, or the master, is the one of the ADD. Nobody can change it, and no other link can have the same in the
  /// namespace of the ADD but one of the same kind and master.
  package func hasSameParent(as link: Link) -> Bool { parent == link.parent && parentNamespace == link.parentNamespace }
}

/// A difference that CHECK finds in the container, whichever plugin made the interface.
package enum InterfaceDifference: Equatable, Sendable {
  case noPrevResult
  /// prevResult has no interface of this name in this namespace.
  case sandbox(expected: String, netns: String)
  case linkMissing(String)
  /// The link is of a kind that the plugin does not make.
  case otherKind(String)
  case mac(String, expected: String, found: String)
  case attachment(AttachmentDifference)
}
