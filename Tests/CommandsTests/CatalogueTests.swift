import Diagnostics
import Foundation
import TestSupport
import Testing

@testable import Commands

/// The pages of findings: their examples hold, and docs/findings has the same text.
@Suite struct CatalogueTests {
  static let directory = URL(filePath: Products.repository).appending(path: "docs/findings")

  /// Findings without an example, because no short text of a single file can show them.
  static let withoutExample: Set<DiagnosticCode> = [
    .unreadable, .fileTooLarge, .noPolicyFiles, .ignoredFile, .encoding, .controlCharacter, .emptyDocument, .aliasExpansion,
    .tooDeep,
    .duplicateNetwork, .tooManyAttachments, .missingCapability, .severalPolicies,
  ]

  /// Every example has the finding of its page and no other. The mended example has none.
  @Test(arguments: DiagnosticCode.allCases) func example(_ code: DiagnosticCode) throws {
    let page = code.page
    #expect((page.example == nil) == Self.withoutExample.contains(code))
    guard let example = page.example, let mended = page.mended else { return }
    let found = FindingPage.findings(in: example)
    #expect(Set(found.items.map(\.code)) == [code] || code == .suppressionForm, "\(found.items.map(\.oneLine))")
    #expect(found.items.contains { $0.code == code })
    #expect(FindingPage.findings(in: mended).isEmpty, "\(FindingPage.findings(in: mended).items.map(\.oneLine))")
    for change in page.mending { #expect(example.contains(change.wrong)) }
  }

  /// The committed pages are what `explain` prints.
  @Test(arguments: DiagnosticCode.allCases) func page(_ code: DiagnosticCode) throws {
    try Golden.expect(code.pageText, equals: Self.directory.appending(path: code.rawValue + ".md"))
  }

  @Test func index() throws {
    try Golden.expect(FindingIndex.text, equals: Self.directory.appending(path: "README.md"))
    let wanted = Set(DiagnosticCode.allCases.map { $0.rawValue + ".md" } + ["README.md"])
    #expect(Set(try FileManager.default.contentsOfDirectory(atPath: Self.directory.path)) == wanted)
    for code in DiagnosticCode.allCases { #expect(FindingIndex.text.contains("[\(code.rawValue)]")) }
  }

  /// Pages say more than their titles, in lines that fit a terminal.
  @Test(arguments: DiagnosticCode.allCases) func pageIsReadable(_ code: DiagnosticCode) {
    #expect(code.page.meaning.count > code.title.count + 80)
    #expect(code.page.meaning.hasSuffix("."))
    #expect(code.page.notes?.hasSuffix(".") ?? true)
    #expect(!code.pageText.contains("\t") || code == .tabIndentation)
  }

  @Test func explain() throws {
    for spelling in ["BRD0203", "brd0203", "BRD203"] {
      let output = try Command(Products.braidctl, "explain", spelling).run()
      #expect(output.succeeded && output.stderr.isEmpty && output.stdout == DiagnosticCode.selfDelegation.pageText)
    }
    let list = try Command(Products.braidctl, "explain", "--findings").run()
    #expect(list.succeeded && list.stdout.split(separator: "\n").count == DiagnosticCode.allCases.count)
  }

  @Test func unknownCode() throws {
    let output = try Command(Products.braidctl, "explain", "BRD0230").run()
    #expect(output.status == 2 && output.stdout.isEmpty)
    #expect(output.stderr.contains(#"there is no finding "BRD0230"; did you mean BRD02"#), "\(output)")
    #expect(FindingPage.unknown("BRD9") == #"there is no finding "BRD9"; braidctl explain --findings lists all of them"#)
    for code in ["BRD0", "BRD02030", "BRD-203", "BRD2x", "BRD\u{661}"] { #expect(DiagnosticCode.named(code) == nil) }
  }

  /// A word that is not a code is a policy's path.
  @Test func files() throws {
    for word in ["./BRD0203", "BRD0203.yaml", "brd", "brd-policies", "policy.yaml", "-"] { #expect(!FindingPage.isCode(word)) }
    let output = try Command(Products.braidctl, "explain").run()
    #expect(output.status == 2 && output.stderr.contains("Missing expected argument '<policy>'"), "\(output)")
  }
}
