import JSON

extension JSON {
  /// A member of an object, an element of an array; null where there is none.
  subscript(_ name: String) -> JSON { object?[name] ?? .null }
  subscript(_ index: Int) -> JSON { array.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? .null }

  /// The elements of an array; none for anything else.
  var list: [JSON] { array ?? [] }
  /// The same value with the members of every object in the order of their names.
  var canonical: JSON {
    switch self {
    case .array(let items): .array(items.map(\.canonical))
    case .object(let object):
      .object(JSONObject(object.members.map { .init($0.name, $0.value.canonical) }.sorted { $0.name < $1.name }))
    default: self
    }
  }

  /// A string; empty for anything else.
  var text: String { string ?? "" }
}

extension JSONObject {
  /// The same object with one member more.
  func with(_ name: String, _ value: JSON) -> JSONObject {
    var copy = self
    copy[name] = value
    return copy
  }
}

/// An `ipam` of host-local, with one set for each subnet.
func hostLocal(_ subnets: String..., routes: [JSON] = []) -> JSON {
  var ipam: JSONObject = [
    "type": "host-local", "ranges": .array(subnets.map { [["subnet": .string($0)]] }),
  ]
  if !routes.isEmpty { ipam["routes"] = .array(routes) }
  return .object(ipam)
}

/// An `ipam` of static with these addresses.
func statically(_ addresses: String..., routes: [JSON] = []) -> JSON {
  var ipam: JSONObject = ["type": "static", "addresses": .array(addresses.map { ["address": .string($0)] })]
  if !routes.isEmpty { ipam["routes"] = .array(routes) }
  return .object(ipam)
}
