import Diagnostics

/// What a policy has no equivalent for: which key, where, and what to do instead.
struct ImportNote {
  let key: String
  let span: Span
  /// Why, and what instead; without a full stop.
  let text: String

  init(_ key: String, _ span: Span, _ text: String) { (self.key, self.span, self.text) = (key, span, text) }

  var line: String { "\(key) (\(span.description)): \(text)." }
}

/// The keys of Multus's own configuration that a policy does not have.
enum MultusKeys {
  private static let disk = "files are not looked up: name to import what Pods use of them"
  private static let log = "Braid keeps no log: errors go to the runtime, and what was done is in /var/lib/cni/braid"
  private static let daemon = "there is no daemon"

  static let notes: [String: String] = [
    "kubeconfig": "Braid asks no API server: name the NetworkAttachmentDefinitions' YAML to import, and they become networks",
    "confDir": disk, "cniConfigDir": disk, "multusAutoconfigDir": disk,
    "binDir": "delegates are looked up on CNI_PATH, which the runtime sets",
    "cniDir": "records are where stateDir of Braid's own configuration says, /var/lib/cni/braid unless told",
    "logFile": log, "logLevel": log, "logToStderr": log, "logOptions": log,
    "readinessindicatorfile": "nothing is waited for: a delegate that is not ready says so itself, and the runtime tries again",
    "multusNamespace": "networks of a policy are in no namespace",
    "retryDeleteOnError": "what a DEL could not undo stays in the record, and the next DEL or GC goes on with it",
    "capabilities": "they belong into the runtime's configuration of Braid",
    "runtimeConfig": "they belong into the runtime's configuration of Braid",
    "multusConfigFile": "the Pods' default network is the first file of the runtime's directory: name that to import",
    "globalNamespaces": "only namespaceIsolation gives them a meaning",
    "systemNamespaces": "only defaultNetworks give them a meaning",
    "auxiliaryCNIChainName": "chains are written out in the policy",
    "forceCNIVersion": "cniVersion of each network says it",
    "chrootDir": daemon, "socketDir": daemon, "daemonSocketDir": daemon, "metricsPort": daemon, "perNodeCertificate": daemon,
  ]

  /// What the importer itself reads, and what every configuration has.
  static let read: Set = [
    "type", "name", "cniVersion", "delegates", "clusterNetwork", "defaultNetworks", "namespaceIsolation", "plugins",
  ]
}
