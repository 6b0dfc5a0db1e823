import Diagnostics
import JSON

/// A key in an annotation's JSON that nobody reads.
package struct UnreadKey: Equatable, Sendable {
  /// The object that has the key. Nil for the element itself.
  let object: Nested?
  let key: String

  /// The objects inside an element that have keys of their own.
  enum Nested: String, Sendable { case portMappings, bandwidth }

  /// The key that was probably meant, or a hint; nil if nothing is close.
  var help: String? {
    let known = RequestElement.keys(of: object)
    if object == nil, let hint = Self.hints.first(where: { equalFolded($0.key, key) })?.hint { return hint }
    return Suggestion.closest(to: key, among: known).map { "did you mean \(quoted($0))?" }
  }

  var description: String {
    let owner = object.map { " of \($0.rawValue)" } ?? ""
    return "the key \(quoted(key))\(owner) is not read" + (help.map { "; \($0)" } ?? "")
  }

  /// Keys of older grammars and of other programs.
  private static var hints: [(key: String, hint: String)] {
    let route =
      "\"default-route\" takes a list of gateways, and gives the Pod's default route to this network; routes to other destinations "
      + "stand in the network"
    let addresses = "did you mean \"ips\"?"
    return [
      ("gateway", route), ("gateways", route), ("gw", route), ("routes", route), ("macRequest", "did you mean \"mac\"?"),
      ("macAddress", "did you mean \"mac\"?"), ("ipRequest", addresses), ("ip", addresses), ("address", addresses),
      ("addresses", addresses), ("ipAddress", addresses), ("args", "did you mean \"cni-args\"?"),
      ("ports", "did you mean \"portMappings\"?"), ("network", "did you mean \"name\"?"),
      ("device", "did you mean \"deviceID\"?"),
      ("interfaceName", "did you mean \"interface\"?"), ("guid", "did you mean \"infiniband-guid\"?"),
    ]
  }
}

extension RequestElement {
  static func keys(of object: UnreadKey.Nested?) -> [String] {
    switch object {
    case nil:
      [
        "name", "namespace", "interface", "interfaceRequest", "ips", "mac", "default-route", Capability.portMappings.rawValue,
        Capability.bandwidth.rawValue,
        "cni-args", "deviceID", "infiniband-guid", "ipam-claim-reference",
      ]
    case .portMappings: ["hostPort", "containerPort", "protocol", "hostIP"]
    case .bandwidth: ["ingressRate", "ingressBurst", "egressRate", "egressBurst"]
    }
  }

  /// The keys that nobody reads, in their order.
  var unreadKeys: [UnreadKey] {
    var unread = Self.strangers(object, nil)
    for item in object.value(named: UnreadKey.Nested.portMappings.rawValue)?.array ?? [] {
      unread += Self.strangers(item.object ?? JSONObject(), .portMappings)
    }
    return unread
      + Self.strangers(object.value(named: UnreadKey.Nested.bandwidth.rawValue)?.object ?? JSONObject(), .bandwidth)
  }

  private static func strangers(_ object: JSONObject, _ nested: UnreadKey.Nested?) -> [UnreadKey] {
    object.members.filter { member in !keys(of: nested).contains { equalFolded($0, member.name) } }
      .map { UnreadKey(object: nested, key: $0.name) }
  }
}
