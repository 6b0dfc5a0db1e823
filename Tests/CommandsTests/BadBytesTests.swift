import Foundation
import TestSupport
import Testing

@testable import Commands

/// `braidctl validate` answers a million bad bytes of every kind, with bounded output, memory and time. One of the other formats gets a
/// tenth of the bytes, which make as many findings. BRAID_BAD_BYTES sets how many bytes all formats get.
@Suite struct BadBytesTests {
  private static let wanted = ProcessInfo.processInfo.environment["BRAID_BAD_BYTES"].flatMap { Int($0) }

  static let cases: [(kind: String, format: ReportFormat)] = kinds.keys.sorted().enumerated().flatMap { i, kind in
    let others = ReportFormat.allCases.filter { $0 != .text }
    return ([.text] + (wanted == nil ? [others[i % others.count]] : others)).map { (kind, $0) }
  }

  /// The largest answer in bytes: a thousand findings, each with everything that the format has for a finding.
  static let longestAnswer = 4 << 20
  /// Bounds of memory in KiB and processor time in seconds. They are far above the usual values, and far below those of an algorithm whose
  /// cost grows faster than the text.
  static let limits = "ulimit -v 1048576 -t 100"

  private static let head = "apiVersion: braid/v1\nkind: Policy\n"
  private static let network = "networks: {n: {chain: [{type: bridge}]}}\n"
  private static let list = #"{"cniVersion":"1.0.0","name":"a","plugins":["#

  private static func size(_ format: ReportFormat) -> Int { wanted ?? (format == .text ? 1_000_000 : 100_000) }

  private static func filled(_ size: Int, _ start: String, _ piece: (Int) -> String) -> [UInt8] {
    var bytes = Array(start.utf8)
    bytes.reserveCapacity(size + 1024)
    var number = 0
    while bytes.count < size {
      bytes += piece(number).utf8
      number += 1
    }
    return bytes
  }

  private static func random(_ size: Int, _ seed: UInt64, _ byte: (Int) -> UInt8) -> [UInt8] {
    var state = seed
    return (0..<size).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return byte(Int(state >> 33))
    }
  }

  private static func words(_ size: Int, _ words: [String], _ start: String, seed: UInt64) -> [UInt8] {
    var state = seed
    return filled(size, start) { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return words[Int(state >> 33) % words.count]
    }
  }

  private static let tokens = [
    "a", "b: ", "- ", "? ", ": ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ", ", "&x ", "*x ", "!!str ", "!t ", "| \n", "> \n",
    "# c\n", "'",
    "\"", "\\", "---\n", "...\n", "%YAML 1.2\n", "\t", "null", "0x1", "<<: ", "@", "`", "é", "日", "networks: ", "rules: ",
    "chain: ", "attach: ",
    "match: ", "type: bridge", "ipam: ", "subnet: 10.0.0.0/8", "# braidctl: allow BRD0208: x\n",
  ]

  /// The contents of each file. Files named `.conf` are read as a runtime's configuration.
  static let kinds: [String: @Sendable (Int) -> [UInt8]] = [
    "random bytes": { size in random(size, 1) { UInt8(truncatingIfNeeded: $0) } },
    "random letters": { size in random(size, 2) { UInt8(0x20 + $0 % 95) } },
    "random lines": { size in random(size, 3) { $0 % 40 == 0 ? 0x0a : UInt8(0x20 + $0 % 95) } },
    "zeros": { size in random(size, 4) { _ in 0 } },
    "continuation bytes": { size in random(size, 5) { UInt8(0x80 | $0 % 64) } },
    "continuation bytes in a value": { size in Array((head + "networks: \"").utf8) + random(size, 6) { UInt8(0x80 | $0 % 64) } },
    "control characters": { size in filled(size, head + "networks: \"") { _ in "\u{1b}[31m\u{7}" } },
    "escaped control characters": { size in filled(size, head) { #""\e[31m\#($0)\u202e": "\a\u2028"\#n"# } },
    "tokens": { size in words(size, tokens, "", seed: 7) },
    "tokens in a policy": { size in words(size, tokens, head + network + "rules:\n", seed: 8) },
    "tokens in a list": { size in
      words(size, tokens.filter { !$0.contains("\n") && $0 != "\"" && $0 != "'" }, head + "rules: [", seed: 9)
    },
    "lists in lists": { size in filled(size, head + "rules: ") { _ in "[" } },
    "lists in lists, by blocks": { size in filled(size, head + "rules:\n  ") { _ in "- " } },
    "mappings in mappings": { size in filled(size, head + "rules: ") { _ in "{a: " } },
    "questions": { size in filled(size, head + "rules:\n  ") { _ in "? " } },
    "indented": { size in filled(size, head) { String(repeating: " ", count: $0 % 1000) + "a:\n" } },
    "one word": { size in filled(size, head + "rules: ") { _ in "a" } },
    "one key": { size in filled(size, head) { _ in "a" } + Array(": x\n".utf8) },
    "one quoted line": { size in filled(size, head + "rules: \"") { _ in "é日" } + Array("\"\n".utf8) },
    "one line of lists": { size in
      filled(size, head + network + "rules: [") { "{name: r\($0), attach: [{network: x\($0)}]}, " } + Array("]\n".utf8)
    },
    "tabs": { size in filled(size, head + "rules:") { _ in "\t" } + Array("x: y\n".utf8) },
    "blanks": { size in filled(size, head + "rules:") { _ in " " } + Array("]\n".utf8) },
    "carriage returns": { size in filled(size, head) { _ in "a:\r" } },
    "comments": { size in filled(size, head) { "# braidctl: allow BRD0208,X\($0): \n" } },
    "documents": { size in filled(size, "") { _ in "---\n" } },
    "anchors": { size in filled(size, head) { "k\($0): &a\($0) [x]\n" } },
    "one anchor, many aliases": { size in filled(size, head + "k: &a {b: c}\nl: [") { _ in "*a, " } + Array("]\n".utf8) },
    "aliases of aliases": { size in filled(size, head + "k0: &a0 [x]\n") { "k\($0 + 1): &a\($0 + 1) [*a\($0), *a\($0)]\n" } },
    "unknown aliases": { size in filled(size, head + "k: [") { "*a\($0), " } },
    "unknown keys": { size in filled(size, head) { "key\($0): x\n" } },
    "the same key": { size in filled(size, head) { _ in "networks: {}\n" } },
    "nearly known keys": { size in filled(size, head + network + "rules:\n") { "  - {nam\($0 % 10): r, atach: x, mach: y}\n" } },
    "unknown networks": { size in
      filled(size, head + network + "rules:\n") { "  - {name: r\($0), attach: [{network: m\($0)}]}\n" }
    },
    "one rule again": { size in filled(size, head + network + "rules:\n") { _ in "  - {name: r, attach: [{network: n}]}\n" } },
    "wrong types": { size in filled(size, head + "networks:\n") { "  n\($0): {chain: [{type: [x], mtu: {}, ipam: 3}]}\n" } },
    "overlapping ranges": { size in
      filled(size, head + "networks:\n") {
        "  n\($0): {chain: [{type: bridge, ipam: {type: host-local, subnet: 10.0.0.0/\($0 % 40)}}]}\n"
      }
    },
    "globs": { size in filled(size, head + network + "rules:\n  - name: r\n    match: {pods: [") { _ in "\"*a*b*[c\\\\?\", " } },
    "requests": { size in
      filled(size, head + network + "requests:\n") { "  - {namespaces: [\"*\", \"a\($0)*\"], networks: [n, m\($0)]}\n" }
    },
    "plugins.conf": { size in filled(size, list) { #"{"type":"x\#($0)","typ":1,"ipam":{"type":"host-local"}},"# } },
    "objects.conf": { size in filled(size, list) { _ in #"{"a":"# } },
    "names.conf": { size in
      filled(size, #"{"cniVersion":"1.0.0","type":"bridge","name":""#) { _ in #"\u00e9"# } + Array("\"}".utf8)
    },
    "not json.conf": { size in filled(size, list) { "{type: 'x\($0)'}, " } },
    "random.conf": { size in random(size, 10) { UInt8(truncatingIfNeeded: $0) } },
  ]

  @Test(arguments: cases.indices) func validate(_ i: Int) throws {
    let (kind, format) = Self.cases[i]
    let make = try #require(Self.kinds[kind])
    let bytes = make(Self.size(format))
    #expect(bytes.count >= Self.size(format))
    try withTemporaryDirectory { directory in
      let path = directory[kind.hasSuffix(".conf") ? "bad.conf" : "bad.yaml"]
      try Data(bytes).write(to: URL(filePath: path))
      let words = [
        "bash", "-c", "\(Self.limits) && exec \"$0\" validate --format \"$1\" \"$2\"", Products.braidctl, format.rawValue, path,
      ]
      var command = Command(words)
      command.seconds = 300
      let output = try command.run()
      #expect([0, 1].contains(output.status) && output.stderr.isEmpty && output.cut == nil, "\(output.description.prefix(2000))")
      #expect(!output.stdout.isEmpty && output.stdout.utf8.count <= Self.longestAnswer, "\(output.stdout.utf8.count) bytes")
      let isControl = { (scalar: Unicode.Scalar) in scalar.value < 0x20 && scalar != "\n" || (0x7f..<0xa0).contains(scalar.value)
      }
      #expect(!output.stdout.unicodeScalars.contains(where: isControl))
    }
  }
}
