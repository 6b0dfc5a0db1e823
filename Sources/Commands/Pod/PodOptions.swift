import ArgumentParser
import Diagnostics
import NetworkTypes
import Policy

/// The Pod that a command is about, from a manifest, from options, or from both. Options take precedence.
struct PodOptions: ParsableArguments {
  @Option(
    help:
      "A Kubernetes manifest with one Pod or one workload (Deployment, StatefulSet, DaemonSet, ReplicaSet, Job, CronJob); - is stdin.",
    completion: .file())
  var pod: String?

  @Option(help: "The Pod's namespace.")
  var namespace: String?

  @Option(help: "The Pod's name.")
  var name: String?

  @Option(name: .customLong("annotation"), help: "An annotation of the Pod, KEY=VALUE; may be repeated.")
  var annotations: [Setting] = []

  @Option(name: .customLong("label"), help: "A label of the Pod, KEY=VALUE, for runtimes that pass labels on; may be repeated.")
  var labels: [Setting] = []

  @Option(name: .customLong("arg"), help: "Another key of CNI_ARGS, KEY=VALUE; may be repeated.")
  var arguments: [Setting] = []

  @Option(help: "The interface that the runtime asks for (CNI_IFNAME).")
  var interface = "eth0"

  /// Whether the options describe a Pod.
  var isGiven: Bool {
    pod != nil || namespace != nil || name != nil || !annotations.isEmpty || !labels.isEmpty || !arguments.isEmpty
  }

  mutating func validate() throws {
    guard (try? InterfaceName(interface)) != nil else {
      throw ValidationError("--interface: \"\(interface)\" cannot be the name of an interface")
    }
    // An empty value probably comes from an unset variable in a script. It must not count as a missing option.
    for (option, value) in [("--namespace", namespace), ("--name", name)] where value?.isEmpty == true {
      throw ValidationError("\(option) is empty: leave it out, or give a value")
    }
  }

  /// Throws if both the policy and the manifest are to come from stdin.
  func check(beside policy: String?) throws {
    guard policy == "-", pod == "-" else { return }
    throw ValidationError("stdin can be the policy or the manifest, not both")
  }

  /// The Pod as a runtime would describe it, and the assumptions that this needed.
  ///
  /// Throws `ExitStatus.unreadable` or `.findings` if the manifest is of no use, after printing why.
  func described() throws(ExitStatus) -> PodDescription {
    guard let interface = try? InterfaceName(interface) else { throw .usage }
    var description = PodDescription(pod: Pod(), interface: interface)
    if let pod { description = try PodManifest.read(pod, interface) }
    if let namespace { description.pod.namespace = namespace }
    if let name {
      description.pod.name = name
      description.assumptions.removeAll { $0.isAboutName }
    }
    if description.pod.namespace == nil {
      description.pod.namespace = "default"
      description.assumptions.append(.init(text: "the namespace is \"default\", because none is given", isAboutName: false))
    }
    for setting in annotations { description.pod.annotations[setting.key] = setting.value }
    for setting in labels { description.pod.labels[setting.key] = setting.value }
    for setting in arguments { description.pod.otherArguments[setting.key] = setting.value }
    return description
  }
}

/// A KEY=VALUE of the command line.
struct Setting: ExpressibleByArgument {
  let key: String
  let value: String

  init?(argument: String) {
    guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
    (key, value) = (String(argument[..<sign]), String(argument[argument.index(after: sign)...]))
  }
}

/// A Pod, and the interface name that a runtime would ask for.
struct PodDescription {
  /// Something about the Pod that was not given and is assumed.
  struct Assumption {
    let text: String
    let isAboutName: Bool
  }

  var pod: Pod
  let interface: InterfaceName
  var assumptions: [Assumption] = []
  /// Whether the manifest has labels, which runtimes do not pass on.
  var hasUnseenLabels = false
  /// Whether the Pod has the node's network (`hostNetwork: true`). The runtime then calls no CNI plugin.
  var isOnHost = false
  /// The `hostPort` of the Pod's containers.
  var hostPorts: [String] = []

  /// The text of CNI_ARGS with the keys that are not Kubernetes'.
  var arguments: String {
    pod.otherArguments.sorted.map { "\($0.name)=\($0.text)" }.joined(separator: ";")
  }
  /// Annotations of the manifest that ask for networks but stand where no Pod gets them.
  var remarks: [String] = []

  /// The places of the annotations' texts in the manifest, by the annotations' names.
  var texts: [String: EmbeddedText] = [:]

  /// The place in the manifest of a mistake in an annotation's JSON. Nil if there is none, or if no manifest has it.
  func place(of error: SelectionError) -> Span? {
    guard case .malformedRequest(let annotation, .json(let mistake)) = error, let text = texts[annotation.rawValue] else {
      return nil
    }
    return text.span(text.text.range(ofLine: mistake.line, byte: mistake.column))
  }

  /// What the author of the Pod should know, each as a sentence without a full stop.
  var notes: [String] { remarks + pod.annotationRemarks }
}
