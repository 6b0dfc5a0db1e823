import CNI
import Diagnostics
import JSON

/// The runtime's information about a Pod. Rules can match nothing else.
package struct Pod: Sendable {
  /// K8S_POD_NAMESPACE of CNI_ARGS. Nil if the runtime gives none; the same holds for `name` and `uid`.
  package var namespace: String?
  /// K8S_POD_NAME.
  package var name: String?
  /// K8S_POD_UID.
  package var uid: String?
  /// The value of the capability `io.kubernetes.cri.pod-annotations`.
  package var annotations: TextsByName
  /// The labels in `args.cni.labels`, which only some runtimes write.
  package var labels: TextsByName
  /// The other keys of CNI_ARGS.
  package var otherArguments: TextsByName

  package init(
    namespace: String? = nil, name: String? = nil, uid: String? = nil, annotations: TextsByName = [:],
    labels: TextsByName = [:], otherArguments: TextsByName = [:]
  ) {
    (self.namespace, self.name, self.uid) = (namespace, name, uid)
    (self.annotations, self.labels, self.otherArguments) = (annotations, labels, otherArguments)
  }

  /// The capability's name in `runtimeConfig`.
  package static let annotationsCapability = "io.kubernetes.cri.pod-annotations"

  /// Reads CNI_ARGS and the plugin's own configuration.
  ///
  /// Throws `ConfigurationError` if annotations or labels have a wrong type.
  package init(_ arguments: CNIArguments, configuration: JSONObject) throws(ConfigurationError) {
    self.init()
    for pair in arguments.pairs {
      switch pair.key {
      case "K8S_POD_NAMESPACE": namespace = Self.given(pair.value)
      case "K8S_POD_NAME": name = Self.given(pair.value)
      case "K8S_POD_UID": uid = Self.given(pair.value)
      default: otherArguments[pair.key] = pair.value
      }
    }
    let reader = ConfigurationReader(configuration)
    if let config = try reader.object("runtimeConfig") { annotations = try Self.texts(config, Self.annotationsCapability) }
    if let cni = try reader.object("args")?.object("cni") { labels = try Self.labels(cni) }
  }

  private static func given(_ text: String) -> String? { text.isEmpty ? nil : text }

  private static func texts(_ reader: ConfigurationReader, _ key: String) throws(ConfigurationError) -> TextsByName {
    guard let object = try reader.object(key) else { return [:] }
    var texts = TextsByName()
    for member in object.object.members {
      guard let text = member.value.string else {
        throw .wrongType(object.path.appending(member.name), expected: "a string", found: member.value.kind)
      }
      texts[member.name] = text
    }
    return texts
  }

  /// Reads labels. The CNI conventions write them as a list of {key, value}; an object is accepted too.
  private static func labels(_ cni: ConfigurationReader) throws(ConfigurationError) -> TextsByName {
    guard let value = cni.value("labels") else { return [:] }
    guard value.array != nil else { return try texts(cni, "labels") }
    var labels = TextsByName()
    for item in try cni.objects("labels") ?? [] {
      guard let key = try item.string("key") else { throw .missing(item.path.appending("key")) }
      labels[key] = try item.string("value") ?? ""
    }
    return labels
  }

  /// The Pod as `namespace/name`, for messages. Missing parts are left out.
  package var description: String {
    switch (namespace.map { harmless($0, limit: 253) }, name.map { harmless($0, limit: 253) }) {
    case (let namespace?, let name?): "Pod \(namespace)/\(name)"
    case (nil, let name?): "Pod \(name)"
    case (let namespace?, nil): "a Pod of namespace \(namespace)"
    case (nil, nil): "a container without a Pod's name"
    }
  }
}
