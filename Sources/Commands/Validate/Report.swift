import Diagnostics

/// The findings of one run of `validate`.
struct Report {
  /// One policy of the command line.
  struct Entry {
    let path: String
    /// The findings in the order of the files and of the text.
    let findings: [Diagnostic]
    /// The findings that comments allow, in the same order.
    let allowed: [Findings.Allowed]
    /// The number of findings beyond those that are kept.
    let omitted: Int

    init(path: String, findings: Findings) {
      self.path = path
      self.findings = findings.sorted
      allowed = findings.allowed
      omitted = findings.omitted
    }
  }

  let entries: [Entry]
  let failOn: FailOn

  func count(_ severity: Diagnostic.Severity) -> Int {
    entries.reduce(0) { $0 + $1.findings.count { $0.severity == severity } }
  }

  var allowed: Int { entries.reduce(0) { $0 + $1.allowed.count } }
  var omitted: Int { entries.reduce(0) { $0 + $1.omitted } }

  /// Whether a finding is as severe as `--fail-on` says.
  func fails(_ finding: Diagnostic) -> Bool {
    switch failOn {
    case .error: finding.severity == .error
    case .warning: true
    case .never: false
    }
  }

  /// The exit status. A file that cannot be read counts more than any finding, whatever `--fail-on` says.
  var status: ExitStatus {
    let findings = entries.flatMap(\.findings)
    if findings.contains(where: { $0.code == .unreadable }) { return .unreadable }
    return findings.contains(where: fails) ? .findings : .clean
  }

  func rendered(_ format: ReportFormat, colour: Bool = false) -> String {
    switch format {
    case .text: text(colour: colour)
    case .json: json.text(pretty: true) + "\n"
    case .junit: junit
    case .sarif: sarif.text(pretty: true) + "\n"
    case .github: github
    }
  }
}
