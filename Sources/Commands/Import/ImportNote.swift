import Diagnostics

/// A key that has no equivalent in a policy: which key, where, and what to do instead.
struct ImportNote {
  let key: String
  let span: Span
  /// Why there is none, and what to do instead; without a full stop.
  let text: String
  /// Whether Pods get something else than before. A person must then decide.
  let changesBehaviour: Bool

  init(_ key: String, _ span: Span, _ text: String, changesBehaviour: Bool = false) {
    (self.key, self.span, self.text, self.changesBehaviour) = (key, span, text, changesBehaviour)
  }

  /// The beginning of the comments that tell of a change of behaviour.
  static let mark = "CHANGES BEHAVIOUR:"

  var line: String { "\(changesBehaviour ? "\(Self.mark) " : "")\(key) (\(span.description)): \(text)." }
}

/// The keys of Multus's own configuration that have no equivalent in a policy.
enum MultusKeys {
  private static let disk = "Braid looks up no files: give those that Pods use to import"
  private static let log =
    "Braid keeps no log: it gives errors to the runtime, and keeps records of what it did in /var/lib/cni/braid"
  private static let daemon = "there is no daemon"

  static let notes: [String: String] = [
    "kubeconfig":
      "Braid asks no API server: give the YAML of the NetworkAttachmentDefinitions to import, and they become networks",
    "confDir": disk, "cniConfigDir": disk, "multusAutoconfigDir": disk,
    "binDir": "Braid looks for delegates on CNI_PATH, which the runtime sets",
    "cniDir": "stateDir in Braid's own configuration is the directory of the records, /var/lib/cni/braid by default",
    "logFile": log, "logLevel": log, "logToStderr": log, "logOptions": log,
    "readinessindicatorfile": "Braid waits for nothing: if a delegate is not ready, the ADD fails and the runtime tries again",
    "multusNamespace": "networks of a policy belong to no namespace",
    "retryDeleteOnError": "if a DEL cannot undo everything, the record stays, and the next DEL or GC continues",
    "capabilities": "they belong into Braid's file in the runtime's directory",
    "runtimeConfig": "they belong into Braid's file in the runtime's directory",
    "multusConfigFile": "the Pods' default network is the first file of the runtime's directory: give this file to import",
    "globalNamespaces": "without namespaceIsolation it has no effect",
    "systemNamespaces": "without defaultNetworks or further delegates it has no effect",
    "auxiliaryCNIChainName": "chains are written out in the policy",
    "forceCNIVersion": "each network has its own cniVersion",
    "chrootDir": daemon, "socketDir": daemon, "daemonSocketDir": daemon, "metricsPort": daemon, "perNodeCertificate": daemon,
  ]

  /// The keys that the importer reads, and keys that every configuration has.
  static let read: Set = [
    "type", "name", "cniVersion", "delegates", "clusterNetwork", "defaultNetworks", "namespaceIsolation", "plugins",
  ]
}
