import Diagnostics
import NetworkTypes
import Policy
import YAML

/// Finds the Pod in a Kubernetes manifest.
enum PodManifest {
  /// A kind of object that makes Pods: the path of the Pod's template in the object, and an example of the suffix that the cluster adds
  /// to the Pod's name.
  private struct Workload {
    let path: [String]
    let suffix: String
  }

  private static let workloads: [String: Workload] = [
    "Pod": Workload(path: [], suffix: ""),
    "Deployment": Workload(path: ["spec", "template"], suffix: "-5d8c7f9b64-x7k2p"),
    "ReplicaSet": Workload(path: ["spec", "template"], suffix: "-x7k2p"),
    "StatefulSet": Workload(path: ["spec", "template"], suffix: "-0"),
    "DaemonSet": Workload(path: ["spec", "template"], suffix: "-x7k2p"),
    "Job": Workload(path: ["spec", "template"], suffix: "-x7k2p"),
    "CronJob": Workload(path: ["spec", "jobTemplate", "spec", "template"], suffix: "-29384756-x7k2p"),
  ]

  static func read(_ path: String, _ interface: InterfaceName) throws(ExitStatus) -> PodDescription {
    var findings = Findings()
    let files =
      path == "-"
      ? PolicySource.standardInput(what: "manifest", &findings)
      : PolicySource.files(path, what: "manifest", waits: true, &findings)
    switch find(in: files, interface, &findings) {
    case .found(let description): return description
    case .several(let names):
      Output.complain(
        "braidctl: \(path): there are several workloads in the manifest, but it must have one: \(names.joined(separator: ", "))\n"
      )
    case .none(let misspelt):
      let kinds = workloads.keys.sorted()
      let close = misspelt.lazy.compactMap { word in
        Suggestion.closest(to: word, among: kinds).map { "; instead of \(quoted(word)), did you mean \(quoted($0))?" }
      }.first
      Output.complain(
        "braidctl: \(path): the manifest has no Pod: it must have one of \(kinds.joined(separator: ", "))\(close ?? "")\n")
    case .broken:
      Output.complain(findings.sorted.map { Renderer.forErrors.render($0) }.joined(separator: "\n"))
      if findings.items.contains(where: { $0.code == .unreadable }) { throw .unreadable }
    }
    throw .findings
  }

  /// What manifests hold: one Pod is wanted.
  enum Search {
    case found(PodDescription)
    /// By their kinds and names.
    case several([String])
    /// The kinds of the objects that are there.
    case none([String])
    /// The findings say why.
    case broken
  }

  /// Looks for the Pod in texts; findings are those that make them no YAML.
  static func find(in files: [SourceFile], _ interface: InterfaceName, _ findings: inout Findings) -> Search {
    var found: [(node: YAMLNode, file: SourceFile)] = []
    for file in files {
      for document in YAMLDocument.all(file, &findings) ?? [] { found += objects(document.root).map { ($0, file) } }
    }
    guard !findings.hasErrors else { return .broken }
    let candidates = found.filter { workloads[kind($0.node)] != nil }
    guard let (object, file) = candidates.first, let workload = workloads[kind(object)] else {
      return .none(found.map { kind($0.node) })
    }
    guard candidates.count == 1 else {
      return .several(
        candidates.map { "\(kind($0.node))/\(harmless(text($0.node, ["metadata", "name"]) ?? "?", limit: 253))" })
    }
    return .found(description(of: object, in: file, workload, interface))
  }

  private static func description(
    of object: YAMLNode, in file: SourceFile, _ workload: Workload, _ interface: InterfaceName
  ) -> PodDescription {
    var description = PodDescription(pod: Pod(namespace: text(object, ["metadata", "namespace"])), interface: interface)
    let pod = node(object, workload.path)
    for pair in node(pod, ["metadata", "annotations"])?.mapping ?? [] {
      guard let value = pair.value.scalar?.text else { continue }
      description.pod.annotations[pair.key] = value
      if RequestAnnotation(rawValue: pair.key) != nil {
        description.texts[pair.key] = EmbeddedText(pair.value, in: file, title: pair.key)
      }
    }
    description.remarks = misplacedAnnotations(of: object, template: workload.path)
    description.hasUnseenLabels = !(node(pod, ["metadata", "labels"])?.mapping ?? []).isEmpty
    let spec = node(pod, ["spec"])
    description.isOnHost = node(spec, ["hostNetwork"])?.bool ?? false
    let containers = ["initContainers", "containers"].flatMap { node(spec, [$0])?.sequence ?? [] }
    for port in containers.flatMap({ node($0, ["ports"])?.sequence ?? [] }) {
      if let number = text(port, ["hostPort"]), number != "0" { description.hostPorts.append(number) }
    }
    let generated = text(object, ["metadata", "generateName"]).map { $0 + "x7k2p" }
    guard let base = text(object, ["metadata", "name"]) ?? generated else { return description }
    description.pod.name = base + workload.suffix
    if !workload.suffix.isEmpty || text(object, ["metadata", "name"]) == nil {
      let name = base + workload.suffix
      description.assumptions.append(
        .init(text: "the Pod's name is \(quoted(name)) or similar: a \(kind(object)) adds the end of the name", isAboutName: true)
      )
    }
    return description
  }

  /// The objects of a document: the items of a List, or the document itself.
  private static func objects(_ root: YAMLNode) -> [YAMLNode] {
    kind(root).hasSuffix("List") ? (node(root, ["items"])?.sequence ?? []) : [root]
  }

  private static func kind(_ object: YAMLNode) -> String { text(object, ["kind"]) ?? "" }

  static func node(_ start: YAMLNode?, _ path: [String]) -> YAMLNode? {
    path.reduce(start) { node, key in node?[key]?.value }
  }

  static func text(_ start: YAMLNode, _ path: [String]) -> String? {
    node(start, path)?.scalar.flatMap { $0.text.isEmpty ? nil : $0.text }
  }
}
