import CNI
import Diagnostics
import JSON
import NetworkTypes

@testable import Policy

/// Findings point into the text that they are about.
func pointIntoTheirText(_ findings: [Diagnostic]) throws(Violation) {
  for finding in findings {
    for span in [finding.primary] + finding.secondary.map(\.span) {
      guard let range = span.range, let position = span.position else { continue }
      let bytes = span.file.bytes
      let lines = 1 + bytes.count { $0 == 0x0a }
      try Violation.unless(
        range.lowerBound <= range.upperBound && range.upperBound <= bytes.count && position.line <= lines,
        "\(finding.code.rawValue) points out of the text: \(range.offsets)")
    }
  }
}

/// Text for a terminal has only the expected line breaks, and no control sequences.
func isHarmless(_ text: String, besides: Set<Unicode.Scalar> = []) throws(Violation) {
  for scalar in text.unicodeScalars {
    let isControl = scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value) || (0x2028...0x202e).contains(scalar.value)
    try Violation.unless(
      scalar == "\n" || besides.contains(scalar) || !isControl,
      "a control character is shown: U+\(String(scalar.value, radix: 16))")
  }
}

/// A Pod's interfaces have different names, and each family's default route has one owner.
func isSound(_ selection: Selection) throws(Violation) {
  let names = selection.attachments.map(\.interface.text)
  try Violation.unless(!names.isEmpty && Set(names).count == names.count && !names.contains("lo"), "interfaces clash: \(names)")
  for family in AddressFamily.allCases {
    let owners = selection.attachments.filter { $0.ownsDefaultRoute(family) }
    try Violation.unless(owners.count <= 1, "\(owners.count) attachments have the default route")
  }
}

/// A selection as text, to compare two selections.
func words(_ selection: Selection) -> String {
  let attached = selection.attachments.map { item in
    let chain = item.network.chain.map { "\($0.span.description) \(JSON.object($0.configuration).text())" }
    return "\(item.interface) \(item.network.name) \(item.defaultRoute.families) \(item.inResult) \(item.origin) \(chain)"
  }
  return "\(selection.rule.name) \(selection.rule.span.description) \(attached)"
}

/// Pods that the policies of the corpus treat differently.
let fuzzedPods = [
  Pod(), Pod(namespace: "default", name: "web-1"),
  Pod(namespace: "tenant-a", name: "db", annotations: ["k8s.v1.cni.cncf.io/networks": "storage, a@net7"], labels: ["app": "x"]),
  Pod(
    namespace: "a", name: "p", annotations: ["k": "v", "v1.multus-cni.io/default-network": "storage"], otherArguments: ["A": "b"]),
]

extension Sequence<UInt8> {
  /// The texts of one input, which are separated by zero bytes.
  var parts: [[UInt8]] { split(separator: 0, maxSplits: 7, omittingEmptySubsequences: false).map(Array.init) }
}
