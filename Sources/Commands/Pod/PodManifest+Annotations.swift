import Diagnostics
import Policy
import YAML

extension PodManifest {
  /// Annotations that ask for networks but stand where no Pod gets them, each as a sentence without a full stop.
  ///
  /// `template` is the path of the Pod's own object in the workload.
  static func misplacedAnnotations(of object: YAMLNode, template: [String]) -> [String] {
    let right = (template + ["metadata", "annotations"]).joined(separator: ".")
    var remarks: [String] = []
    func look(_ path: [String], _ consequence: String) {
      for pair in node(object, path)?.mapping ?? [] {
        let isLabel = path.last == "labels"
        guard let asked = RequestAnnotation(rawValue: pair.key) ?? (isLabel ? nil : .meant(by: pair.key)) else { continue }
        let meant = asked.rawValue == pair.key ? "" : ", which probably means \(asked.rawValue),"
        remarks.append(
          "the annotation \(quoted(pair.key))\(meant) stands under \(path.joined(separator: ".")), \(consequence): "
            + "put it under \(right)")
      }
    }
    let kind = text(object, ["kind"]) ?? "object"
    for count in 0..<template.count {
      look(Array(template[..<count]) + ["metadata", "annotations"], "so the \(kind) has it and its Pods do not")
    }
    for path in [template + ["annotations"], template + ["spec", "annotations"], template + ["metadata", "labels"]] {
      look(path, "where Kubernetes does not look for annotations")
    }
    if !template.isEmpty { look(["annotations"], "where Kubernetes does not look for annotations") }
    return remarks
  }
}
