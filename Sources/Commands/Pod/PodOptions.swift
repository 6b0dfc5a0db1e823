import ArgumentParser
import NetworkTypes
import Policy

/// The Pod that a command is about: from a manifest, from options, or from both, where options win.
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

  @Option(name: .customLong("annotation"), help: "An annotation of the Pod, KEY=VALUE; as often as needed.")
  var annotations: [Setting] = []

  @Option(name: .customLong("label"), help: "A label of the Pod, KEY=VALUE, where the runtime hands labels over.")
  var labels: [Setting] = []

  @Option(name: .customLong("arg"), help: "A further key of CNI_ARGS, KEY=VALUE.")
  var arguments: [Setting] = []

  @Option(help: "The interface that the runtime asks for (CNI_IFNAME).")
  var interface = "eth0"

  /// Whether any Pod was named.
  var isGiven: Bool {
    pod != nil || namespace != nil || name != nil || !annotations.isEmpty || !labels.isEmpty || !arguments.isEmpty
  }

  mutating func validate() throws {
    guard (try? InterfaceName(interface)) != nil else {
      throw ValidationError("--interface: \"\(interface)\" is no name of a link")
    }
    // What a script left empty is not what somebody means by leaving it out.
    for (option, value) in [("--namespace", namespace), ("--name", name)] where value?.isEmpty == true {
      throw ValidationError("\(option) is empty: leave it out, or say which")
    }
  }

  /// The policy of the same command line cannot be read from stdin too.
  func check(beside policy: String?) throws {
    guard policy == "-", pod == "-" else { return }
    throw ValidationError("stdin can be the policy or the manifest, not both")
  }

  /// The Pod as a runtime would describe it, with what had to be assumed.
  ///
  /// Throws `ExitStatus.unreadable` or `.findings` where the manifest is no help, which has been told then.
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
      description.assumptions.append(.init(text: "the namespace is \"default\": none is given", isAboutName: false))
    }
    for setting in annotations { description.pod.annotations[setting.key] = setting.value }
    for setting in labels { description.pod.labels[setting.key] = setting.value }
    for setting in arguments { description.pod.otherArguments[setting.key] = setting.value }
    return description
  }
}

/// KEY=VALUE of a command line.
struct Setting: ExpressibleByArgument {
  let key: String
  let value: String

  init?(argument: String) {
    guard let sign = argument.firstIndex(of: "="), sign > argument.startIndex else { return nil }
    (key, value) = (String(argument[..<sign]), String(argument[argument.index(after: sign)...]))
  }
}

/// A Pod, and what a runtime would ask for it.
struct PodDescription {
  /// What nobody said, and was taken for granted.
  struct Assumption {
    let text: String
    let isAboutName: Bool
  }

  var pod: Pod
  let interface: InterfaceName
  var assumptions: [Assumption] = []
  /// Labels that the manifest has, and that runtimes do not hand over.
  var hasUnseenLabels = false
}
