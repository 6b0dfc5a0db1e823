import TestSupport
import Testing

/// One line of the table: what a plugin must do, and which document says so.
struct Case: Sendable {
  /// Which plugins must pass the case.
  enum Reach: Sendable {
    case everyone
    /// The reference plugins pass it from this release on.
    case since(String)
    /// Braid differs from the reference plugins on purpose, for this reason.
    case ours(String)
  }

  /// The section of the CNI specification ("spec 2, ADD"), or the number of a behaviour ("item 20").
  let source: String
  let title: String
  var plugins: [Plugin]
  var specs: [Spec]
  var reach: Reach
  var needs: [KernelFeature]
  let body: @Sendable (Bench) throws -> Void

  init(
    _ source: String, _ title: String, _ plugins: [Plugin], specs: [Spec] = [.v100], reach: Reach = .everyone,
    needs: [KernelFeature] = [], body: @escaping @Sendable (Bench) throws -> Void
  ) {
    (self.source, self.title, self.plugins, self.specs) = (source, title, plugins, specs)
    (self.reach, self.needs, self.body) = (reach, needs, body)
  }
}

/// A line of the table for one plugin and one version of the specification.
struct Run: Sendable, CustomTestStringConvertible {
  let line: Case
  let plugin: Plugin
  let spec: Spec

  var testDescription: String { "\(plugin.rawValue) \(spec.rawValue): \(line.title) (\(line.source))" }

  func callAsFunction() async throws { try await withTaskExecutorPreference(Lanes.shared) { try await perform() } }

  @concurrent private func perform() async throws {
    if let reason = skipped {
      print("skipped: \(testDescription): \(reason)")
      try Test.cancel("\(reason)")
    }
    try line.body(Bench(plugin, spec))
  }

  /// Runs the case for the sake of the configurations that it gives to ADD. See `Rehearsal`.
  func rehearse() async { await withTaskExecutorPreference(Lanes.shared) { await performRehearsal() } }

  @concurrent private func performRehearsal() async {
    guard skipped == nil else { return }
    let rehearsal = Rehearsal()
    withKnownIssue("the rehearsal changes the node before the case does", isIntermittent: true) {
      let bench = try Bench(plugin, spec)
      bench.rehearsal = rehearsal
      try line.body(bench)
    }
    for flaw in rehearsal.flaws { Issue.record("\(line.title): \(flaw)") }
  }

  private var skipped: String? {
    if let missing = line.needs.first(where: { !$0.isThere }) { return "needs a kernel with \(missing.rawValue)" }
    if Subject.isOurs && !Subject.built.contains(plugin) { return "\(plugin.rawValue) is not built yet" }
    switch line.reach {
    case .since(let release) where Subject.isOlder: return "the reference does this since \(release)"
    case .ours(let reason) where !Subject.isOurs: return "differs from the reference: \(reason)"
    default: return Subject.specs(of: plugin).contains(spec) ? nil : "the executables under test do not know \(spec.rawValue)"
    }
  }
}

extension [Case] {
  /// Each case once for each plugin that makes an interface and has CHECK, in one version.
  var rehearsals: [Run] {
    flatMap { line in
      line.plugins.filter { [.bridge, .macvlan, .ptp].contains($0) }.map { plugin in
        Run(line: line, plugin: plugin, spec: line.specs.contains(.v100) ? .v100 : line.specs[0])
      }
    }
  }

  var runs: [Run] {
    flatMap { line in line.plugins.flatMap { plugin in line.specs.map { Run(line: line, plugin: plugin, spec: $0) } } }
  }
}
