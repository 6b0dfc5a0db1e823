import Diagnostics
import JSON
import NetworkTypes
import Policy

/// JSON on one line.
enum JSONText {
  static func object(_ object: JSONObject) -> String { JSON.object(object).text() }
}

extension Explanation {
  static let version = "braid/explanation/v1"

  /// The explanation for programs. Unlike the text it leaves nothing out.
  var json: JSON {
    var object: JSONObject = [
      "apiVersion": .string(Self.version), "pod": .object(podObject), "interface": .string(described.interface.text),
      "assumptions": .array(assumptions.map { .string($0) }),
      "notes": .array(described.notes.map { .string($0) }),
      "skippedRules": .array(
        skipped.map { item in
          var rule = Self.object(item.rule.name, item.rule.span)
          rule["reasons"] = .array(item.reasons.map { .string($0.description) })
          return .object(rule)
        }),
    ]
    if let rule { object["rule"] = .object(Self.object(rule.name, rule.span)) }
    if !notes.isEmpty { object["notes"] = .array(notes.map { .string($0) }) }
    switch outcome {
    case nil: object["hostNetwork"] = true
    case .failure(let error)?: object["refused"] = .string(error.text)
    case .success(let selection)?:
      object["attachments"] = .array(selection.attachments.map { .object(Self.object($0)) })
      var routes = JSONObject()
      for family in AddressFamily.allCases {
        routes["ipv\(family.rawValue)"] = owner(of: family).map { .string($0.interface.text) } ?? .null
      }
      object["defaultRoute"] = .object(routes)
    }
    return .object(object)
  }

  private var podObject: JSONObject {
    var pod = JSONObject()
    if let namespace = described.pod.namespace { pod["namespace"] = .string(namespace) }
    if let name = described.pod.name { pod["name"] = .string(name) }
    return pod
  }

  private static func object(_ name: String, _ span: Span) -> JSONObject {
    var object: JSONObject = ["name": .string(name), "file": .string(span.file.path)]
    if let position = span.position { (object["line"], object["column"]) = (JSON(position.line), JSON(position.column)) }
    return object
  }

  private static func object(_ attachment: SelectedAttachment) -> JSONObject {
    var object: JSONObject = [
      "interface": .string(attachment.interface.text), "network": .string(attachment.network.name.text),
      "chain": .array(attachment.network.chain.map { .string($0.type) }),
    ]
    switch attachment.origin {
    case .rule(let span): object["origin"] = .object(Self.object("rule", span))
    case .request(let annotation, let grant):
      var origin: JSONObject = ["name": "annotation", "annotation": .string(annotation.rawValue)]
      origin["allowedBy"] = .object(Self.object("requests", grant))
      object["origin"] = .object(origin)
    }
    object["pools"] = .array(
      AddressPool.sets(of: attachment.network).map { set in
        .array(
          set.map { pool in
            let range = pool.range
            var object: JSONObject = ["subnet": .string(range.subnet.description), "addresses": JSON(range.count)]
            if let first = range.first { object["first"] = .string(first.description) }
            object["last"] = .string(range.last.description)
            return .object(object)
          })
      })
    var asks = JSONObject()
    for (capability, value) in attachment.options.runtimeConfig { asks[capability.rawValue] = value }
    if let mtu = attachment.options.mtu { asks["mtu"] = JSON(mtu.bytes) }
    if !attachment.options.acceptsRA { asks["acceptRA"] = false }
    if attachment.options.routesBySource { asks["routing"] = .string(AttachmentOptions.bySource) }
    object["asksFor"] = .object(asks)
    object["inResult"] = .bool(attachment.inResult)
    return object
  }
}
