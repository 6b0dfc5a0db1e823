import Diagnostics
import JSON
import PluginModel
import Policy
import YAML

extension ImportReader {
  /// Reads `spec.additionalNetworks` of OpenShift's network operator, from which the operator makes NetworkAttachmentDefinitions.
  mutating func additionalNetworks(_ root: YAMLNode, _ file: SourceFile) {
    guard let networks = root["spec"]?.value["additionalNetworks"]?.value.sequence else {
      return report(
        .missingKey, "this object has no spec.additionalNetworks, so there is nothing to import",
        Span(file, root["kind"]?.keyRange ?? root.range), help: "give the node's CNI file if you want its default network")
    }
    for network in networks {
      guard let name = network["name"]?.value, let text = name.string, !text.isEmpty else {
        report(.missingKey, "the additional network has no name", Span(file, network.mapping?.first?.keyRange ?? network.range))
        continue
      }
      let definition = Definition(
        kind: "additional network", namespace: network["namespace"]?.value.string ?? "default", name: text,
        span: Span(file, name.range), conflist: nil)
      if let raw = network["rawCNIConfig"]?.value {
        add(definition, raw, file)
      } else if network["type"]?.value.string == "SimpleMacvlan" {
        addMacvlan(definition, network["simpleMacvlanConfig"]?.value)
      } else {
        report(.missingKey, "the additional network \(quoted(text)) has no rawCNIConfig", definition.span)
      }
    }
  }

  /// The configuration that the operator would write for the short form of a macvlan.
  private mutating func addMacvlan(_ definition: Definition, _ config: YAMLNode?) {
    var conversion = JSONConversion(file: definition.span.file)
    let given = config.map { conversion.json($0) }?.object ?? JSONObject()
    var object: JSONObject = ["cniVersion": "0.3.1", "name": .string(definition.name)]
    object["type"] = .string(BuiltInPlugin.macvlan.rawValue)
    object["master"] = given["master"]
    object["mode"] = given["mode"]?.string.map { .string($0.lowercased()) }
    object["mtu"] = given["mtu"]
    object["ipam"] = .object(Self.ipam(given["ipamConfig"]?.object ?? JSONObject()))
    let text = JSON.object(object).text(pretty: true)
    let apart = SourceFile(path: "\(definition.span.description) (simpleMacvlanConfig)", text: text)
    guard let root = YAMLDocument.single(apart, &findings)?.root else { return }
    guard let conflist = conflist(root, apart) else { return }
    definitions.append(
      Definition(
        kind: definition.kind, namespace: definition.namespace, name: definition.name, span: definition.span,
        conflist: conflist))
  }

  private static func ipam(_ given: JSONObject) -> JSONObject {
    let fixedType = BuiltInPlugin.static.rawValue
    guard given["type"]?.string?.lowercased() == fixedType else { return ["type": .string(Plugin.dhcp.type)] }
    var ipam: JSONObject = ["type": .string(fixedType)]
    let fixed = given["staticIPAMConfig"]?.object ?? JSONObject()
    ipam["addresses"] = fixed["addresses"]
    if let routes = fixed["routes"]?.array {
      ipam["routes"] = .array(
        routes.map { route in
          var renamed = JSONObject()
          renamed["dst"] = route.object?["destination"]
          renamed["gw"] = route.object?["gateway"]
          return .object(renamed)
        })
    }
    ipam["dns"] = fixed["dns"]
    return ipam
  }
}
