import CNI
import JSON
import NetworkTypes

/// The keys of masquerading, which `bridge` and `ptp` share.
package struct MasqueradeConfiguration: ConfigurationPart {
  /// Whether packets that leave the network for outside get the node's address.
  package private(set) var isOn = false
  /// The destinations that see the Pod's own address.
  package private(set) var except: [CIDR] = []

  package init() {}

  package static let fields: [Field<MasqueradeConfiguration>] = [
    Field(
      "ipMasq", .flag,
      doc:
        "Whether packets of the Pod that leave its network for outside get the node's address as their source, IPv4 and IPv6. Braid does it with "
        + "nf_tables. Default: false.",
      example: "true"
    ) { $0.isOn = $1 },
    Field(
      "ipMasqExcept", .list(of: .destination),
      doc:
        "Destinations that see the Pod's own address in spite of `ipMasq`, such as other nodes' Pods. The Pod's own subnets and multicast "
        + "never need an entry. Only Braid's own plugins read it. Default: none.",
      example: "[10.244.0.0/16]"
    ) { $0.except = $1 },
    Field("ipMasqBackend", .masqueradeBackend, doc: MasqueradeBackend.doc, example: "nftables") { _, _ in },
  ]
}

extension Codec where Value == CIDR {
  /// A prefix; host bits do not count. An empty text is no prefix.
  fileprivate static var destination: Codec {
    Codec(type: .text(.cidr)) { (json, path) throws(ConfigurationError) in
      let text = try json.expected(json.string, "a string", path)
      do throws(NetworkTypeError) { return try CIDR(text) } catch { throw .invalid(path, reason: error.description) }
    }
  }
}

/// The program that makes the rules of `ipMasq` or `portmap`.
package enum MasqueradeBackend: String, CaseIterable, Sendable {
  case nftables

  /// The reference plugins' other word, and why we refuse it.
  static let refused = "iptables"
  static let reason =
    "Braid makes its rules with nf_tables only. They work beside those of iptables, in a table of their own: remove the key, or write nftables"

  static let doc =
    "The program that makes the rules. Braid's own plugin always uses nf_tables and needs no program, so it refuses `iptables`. Its rules "
    + "work beside those of iptables."
}

extension Codec where Value == MasqueradeBackend {
  /// `nftables`, or the empty text.
  static var masqueradeBackend: Codec {
    let format = TextFormat.refusing(MasqueradeBackend.refused, reason: MasqueradeBackend.reason, .emptyOr(.oneOf(["nftables"])))
    return Codec(type: .text(format)) { (json, path) throws(ConfigurationError) in
      let text = try json.expected(json.string, "a string", path)
      if text.isEmpty { return nil }
      guard text != MasqueradeBackend.refused else { throw .unsupported(path, reason: MasqueradeBackend.reason) }
      guard let backend = MasqueradeBackend(rawValue: text) else {
        throw .invalid(path, reason: "unknown ipmasq backend \"\(text)\"")
      }
      return backend
    }
  }
}

extension PluginFacts.NotBuilt {
  /// A key with any text or list. Nil if it is absent or empty.
  static func filled(_ name: String, _ text: String, in configuration: JSONObject) -> Self? {
    guard let member = configuration.member(named: name),
      member.value.string?.isEmpty == false || member.value.array?.isEmpty == false
    else { return nil }
    return Self(key: member.name, text: text)
  }

  /// A key that names iptables as the program for the rules. Nil if it does not.
  static func backend(_ name: String, in configuration: JSONObject) -> Self? {
    guard let member = configuration.member(named: name), member.value.string == MasqueradeBackend.refused else { return nil }
    return Self(key: member.name, text: "Braid makes its rules with nf_tables, beside those of iptables")
  }
}
