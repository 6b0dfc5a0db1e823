import ArgumentParser
import NetworkTypes
import Policy

/// The Pod that a command is about, as a runtime would tell of it.
struct PodOptions: ParsableArguments {
  @Option(name: .customLong("namespace"), help: "The Pod's namespace.")
  var podNamespace: String?

  @Option(name: .customLong("name"), help: "The Pod's name.")
  var podName: String?

  @Option(help: "An annotation of the Pod, KEY=VALUE; may be given more than once.")
  var annotation: [String] = []

  @Option(help: "A label of the Pod, KEY=VALUE, for runtimes that tell them.")
  var label: [String] = []

  @Option(name: .customLong("arg"), help: "Another key of CNI_ARGS, KEY=VALUE.")
  var argument: [String] = []

  @Option(name: .customLong("interface"), help: "The interface that the runtime asks for (CNI_IFNAME).")
  var interfaceName = "eth0"

  /// Throws `ValidationError` for what has no `=`.
  func pod() throws -> Pod {
    Pod(
      namespace: podNamespace ?? "default", name: podName, annotations: try Self.pairs(annotation, "--annotation"),
      labels: try Self.pairs(label, "--label"), otherArguments: try Self.pairs(argument, "--arg"))
  }

  /// Throws `ValidationError` for what is no interface's name.
  func interface() throws -> InterfaceName {
    do { return try InterfaceName(interfaceName) } catch { throw ValidationError("--interface: \(error)") }
  }

  /// Whether nothing of a Pod was said.
  var isEmpty: Bool { podNamespace == nil && podName == nil && annotation.isEmpty && label.isEmpty && argument.isEmpty }

  private static func pairs(_ texts: [String], _ option: String) throws -> [String: String] {
    var pairs: [String: String] = [:]
    for text in texts {
      let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[0].isEmpty else { throw ValidationError("\(option) \(text): it must be KEY=VALUE") }
      pairs[String(sides[0])] = String(sides[1])
    }
    return pairs
  }
}
