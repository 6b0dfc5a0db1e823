import CNI
import JSON
import PluginModel

extension PolicyText {
  package var schema: JSONObject {
    var object: JSONObject = ["type": "string"]
    func pattern(_ expression: String) { object["pattern"] = .string("^(?:\(expression))$") }
    func length(_ least: Int, _ most: Int) { (object["minLength"], object["maxLength"]) = (JSON(least), JSON(most)) }
    switch self {
    case .apiVersion: return ["const": "braid/v1"]
    case .kind: return ["const": "Policy"]
    case .specVersion: return ["enum": .array(SpecVersion.allCases.map { .string($0.rawValue) })]
    case .family: return ["enum": ["ipv4", "ipv6"]]
    case .networkName: pattern("[A-Za-z0-9][A-Za-z0-9_.-]{0,199}")
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
    case .valueKey: length(1, 512)
    case .addressOrPrefix: pattern(TextFormat.addressPattern + "(?:/[0-9]{1,3})?")
    case .portRange: pattern("[0-9]{1,5}(?:-[0-9]{1,5})?")
    case .transport: pattern("[Tt][Cc][Pp]|[Uu][Dd][Pp]|[Ss][Cc][Tt][Pp]")
    }
    return object
  }
}
