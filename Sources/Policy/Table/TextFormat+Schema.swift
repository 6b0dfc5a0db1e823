import CNI
import JSON

extension TextFormat {
  /// IPv4 in full; of IPv6 that it has a colon.
  private static var addressPattern: String { "(?:\(ipv4Pattern)|\(ipv6Pattern))" }

  private static var ipv4Pattern: String {
    let octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    return #"\#(octet)(?:\.\#(octet)){3}"#
  }

  private static let ipv6Pattern = "(?=[^/]*:)[0-9A-Fa-f:.]{2,45}"

  /// Leading zeros are taken, up to three digits.
  private static var cidrPattern: String {
    #"(?:\#(ipv4Pattern)/(?:0{0,2}[0-9]|0?[12][0-9]|0?3[0-2])|\#(ipv6Pattern)/(?:0{0,2}[0-9]|0?[1-9][0-9]|1[01][0-9]|12[0-8]))"#
  }

  /// As much of the format as a schema can say: it may take a text that `problem(with:)` refuses, never the reverse.
  var schema: JSONObject {
    var object: JSONObject = ["type": "string"]
    func pattern(_ expression: String) { object["pattern"] = .string("^(?:\(expression))$") }
    func length(_ least: Int, _ most: Int) { (object["minLength"], object["maxLength"]) = (JSON(least), JSON(most)) }
    switch self {
    case .apiVersion: return ["const": "braid/v1"]
    case .kind: return ["const": "Policy"]
    case .specVersion: return ["enum": .array(SpecVersion.allCases.map { .string($0.rawValue) })]
    case .family: return ["enum": ["ipv4", "ipv6"]]
    case .networkName: pattern("[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")
    case .interfaceName: pattern(#"(?!\.\.?$)[^/:\s\u0000]{1,15}"#)
    case .pluginType: pattern(#"(?!\.\.?$)[^/\u0000-\u0020\u007f]{1,255}"#)
    case .ruleName:
      pattern(#"[^\u0000-\u001f\u007f-\u009f]+"#)
      length(1, 253)
    case .nameGlob:
      pattern(#"(?:[^\\\[\]{}!]|\\[^\[\]{}!])+"#)
      length(1, Glob.maximumLength)
    case .valueGlob:
      pattern(#"(?:[^\\]|\\[\s\S])*"#)
      length(0, Glob.maximumLength)
    case .value: break
    case .valueKey: length(1, 512)
    case .addressOrPrefix: pattern(Self.addressPattern + "(?:/[0-9]{1,3})?")
    case .address: pattern(Self.addressPattern)
    case .mac:
      pattern(#"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{2}(?:-[0-9A-Fa-f]{2}){5}|[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2}"#)
    case .cidr, .subnet: pattern(Self.cidrPattern)
    case .absolutePath: pattern(#"/[\s\S]*"#)
    case .ipamType: object["not"] = ["enum": .array(Self.noIPAM.map { .string($0) })]
    case .oneOf(let words): return ["enum": .array(words.map { .string($0) })]
    case .emptyOr(.oneOf(let words)): return ["enum": .array((words + [""]).map { .string($0) })]
    case .emptyOr(let format): return ["anyOf": [["const": ""], .object(format.schema)]]
    case .transport: pattern("[Tt][Cc][Pp]|[Uu][Dd][Pp]|[Ss][Cc][Tt][Pp]")
    }
    return object
  }
}
