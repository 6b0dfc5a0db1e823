import JSON

extension TextFormat {
  /// Checks IPv4 addresses exactly. Of IPv6 it only checks the characters and that there is a colon.
  package static var addressPattern: String { "(?:\(ipv4Pattern)|\(ipv6Pattern))" }

  private static var ipv4Pattern: String {
    let octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    return #"\#(octet)(?:\.\#(octet)){3}"#
  }

  private static let ipv6Pattern = "(?=[^/]*:)[0-9A-Fa-f:.]{2,45}"

  /// The prefix length may have leading zeros, up to three digits in all, because the parser accepts them.
  private static var cidrPattern: String {
    #"(?:\#(ipv4Pattern)/(?:0{0,2}[0-9]|0?[12][0-9]|0?3[0-2])|\#(ipv6Pattern)/(?:0{0,2}[0-9]|0?[1-9][0-9]|1[01][0-9]|12[0-8]))"#
  }

  package var schema: JSONObject {
    var object: JSONObject = ["type": "string"]
    func pattern(_ expression: String) { object["pattern"] = .string("^(?:\(expression))$") }
    switch self {
    case .interfaceName: pattern(#"(?!\.\.?$)[^/:%\s\u0000-\u001f\u007f]{1,15}"#)
    case .value: break
    case .address: pattern(Self.addressPattern)
    case .mac:
      // The first byte is even: an odd one is that of a group.
      pattern(
        #"[0-9A-Fa-f][02468ACEace](?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:\.[0-9A-Fa-f]{4}){2})"#)
    case .cidr, .subnet: pattern(Self.cidrPattern)
    case .absolutePath: pattern(#"/[\s\S]*"#)
    case .sysctl: object["pattern"] = "^[./]*net[./]"
    case .ipamType: object["not"] = ["enum": .array(Self.noIPAM.map { .string($0) })]
    case .oneOf(let words): return ["enum": .array(words.map { .string($0) })]
    case .emptyOr(.oneOf(let words)): return ["enum": .array((words + [""]).map { .string($0) })]
    case .emptyOr(let format): return ["anyOf": [["const": ""], .object(format.schema)]]
    case .refusing(_, _, let format): return format.schema
    case .refused: return ["const": ""]
    case .other(let rule): return rule.schema
    }
    return object
  }
}
