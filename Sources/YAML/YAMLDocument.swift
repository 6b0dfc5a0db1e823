import Diagnostics

/// One document of a YAML text.
package struct YAMLDocument: Sendable {
  package let file: SourceFile
  package let root: YAMLNode

  package init(file: SourceFile, root: YAMLNode) { (self.file, self.root) = (file, root) }

  /// Reads a text that must hold exactly one document.
  ///
  /// Nil if the text cannot be read; the reason is among `findings`. Duplicate keys are errors too but do not stop the reading.
  package static func single(_ file: SourceFile, limits: YAMLLimits = .init(), _ findings: inout Findings) -> YAMLDocument? {
    guard let documents = read(file, limits: limits, atMost: 1, &findings) else { return nil }
    guard let document = documents.first else {
      findings.append(Diagnostic(.emptyDocument, "the file is empty", at: Span(file, nil)))
      return nil
    }
    return document
  }

  /// Reads all documents of a text; it may have none. Nil if the text cannot be read.
  package static func all(_ file: SourceFile, limits: YAMLLimits = .init(), _ findings: inout Findings) -> [YAMLDocument]? {
    read(file, limits: limits, atMost: .max, &findings)
  }

  private static func read(
    _ file: SourceFile, limits: YAMLLimits, atMost count: Int, _ findings: inout Findings
  ) -> [YAMLDocument]? {
    guard let check = TextCheck(file, limits, &findings) else { return nil }
    var composer = Composer(file, limits, isASCII: check.isASCII)
    defer { findings.append(contentsOf: composer.findings) }
    do { return try composer.documents(atMost: count) } catch {
      composer.findings.append(error.finding)
      return nil
    }
  }
}

/// Stops the reading of a text, with the finding that says why.
struct Refusal: Error {
  let finding: Diagnostic
}
