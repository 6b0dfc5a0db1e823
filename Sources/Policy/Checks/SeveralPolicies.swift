import CNI
import Diagnostics

extension PolicyDraft {
  /// The finding that two files of a directory are policies of their own, because they share names of networks and of rules. Nil if no two
  /// are.
  var severalPolicies: Diagnostic? {
    guard files.count > 1 else { return nil }
    var owners: [NetworkName: SourceFile] = [:]
    var pairs: [(first: SourceFile, second: SourceFile)] = []
    for network in networks {
      guard let owner = owners[network.name] else {
        owners[network.name] = network.span.file
        continue
      }
      if owner !== network.span.file { pairs.append((owner, network.span.file)) }
    }
    guard let pair = pairs.first(where: { shareRule($0.first, $0.second) }) else { return nil }
    let whole = pair.first
    return Diagnostic(
      .severalPolicies, "this file and \(quoted(pair.second.path)) declare the same networks and rules", at: Span(whole, nil),
      help: "a directory is one policy: to check policies of several nodes, name the files one by one")
  }

  private func shareRule(_ first: SourceFile, _ second: SourceFile) -> Bool {
    let names = Set(rules.filter { $0.file === first }.compactMap(\.name))
    return rules.contains { $0.file === second && $0.name.map(names.contains) ?? false }
  }
}
