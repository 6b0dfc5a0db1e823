import Diagnostics

/// Builds the nodes of a text from libyaml's events. It does not recurse, so a deep text cannot overflow the stack.
struct Composer: ~Copyable {
  var findings = Findings()
  private let file: SourceFile
  private let limits: YAMLLimits
  private var scanner: Scanner
  private var open: [Frame] = []
  private var root: Built?
  private var anchors: [String: Built?] = [:]
  private var expansion = 0

  /// A finished node with the cost of an alias to it.
  private struct Built {
    var node: YAMLNode
    let weight: Int
    /// How many levels of mappings and sequences the node has.
    let height: Int
  }

  /// A mapping or sequence that has not ended yet.
  private struct Frame {
    let isMapping: Bool
    let isFlow: Bool
    let anchor: String?
    let range: Range<Int>
    var items: [YAMLNode] = []
    var pairs: [YAMLPair] = []
    var key: (text: String, range: SourceRange)?
    var keys = KeySet()
    var weight = 16
    var height = 0
  }

  init(_ file: SourceFile, _ limits: YAMLLimits, isASCII: Bool) {
    (self.file, self.limits) = (file, limits)
    scanner = Scanner(file, isASCII: isASCII)
  }

  mutating func documents(atMost count: Int) throws(Refusal) -> [YAMLDocument] {
    var documents: [YAMLDocument] = []
    while true {
      let (event, range) = try next()
      switch event {
      case .streamStart: break
      case .documentStart(let version):
        guard documents.count < count else {
          throw refusal(.severalDocuments, "a second document starts here", range, help: "put it into a file of its own")
        }
        if let version, version != (1, 2) {
          let message = "the file asks for YAML \(version.0).\(version.1), but is read as YAML 1.2"
          throw refusal(
            .yamlVersion, message, range, help: "remove the %YAML line, and quote words such as yes where text is meant")
        }
        (anchors, expansion, root) = ([:], 0, nil)
      case .documentEnd:
        if let root { documents.append(YAMLDocument(file: file, root: root.node)) }
      case .streamEnd: return documents
      default: try take(event, range)
      }
    }
  }

  private mutating func next() throws(Refusal) -> (Event, Range<Int>) {
    do { return try scanner.next() } catch { throw Refusal(finding: SyntaxFinding.of(error, in: file)) }
  }

  private func refusal(_ code: DiagnosticCode, _ message: String, _ range: Range<Int>, help: String? = nil) -> Refusal {
    Refusal(finding: Diagnostic(code, message, at: Span(file, SourceRange(range)), help: help))
  }

  // MARK: - Events

  private mutating func take(_ event: Event, _ range: Range<Int>) throws(Refusal) {
    switch event {
    case .scalar(let properties, let text, let style): try scalar(properties, text, style, range)
    case .alias(let name): try alias(name, range)
    case .sequenceStart(let properties, let isFlow): try start(properties, isMapping: false, isFlow, range)
    case .mappingStart(let properties, let isFlow): try start(properties, isMapping: true, isFlow, range)
    case .sequenceEnd, .mappingEnd: try end(range)
    default: break
    }
  }

  private var wantsKey: Bool { open.last.map { $0.isMapping && $0.key == nil } ?? false }

  private mutating func scalar(
    _ properties: Event.Properties, _ text: String, _ style: YAMLScalar.Style, _ range: Range<Int>
  ) throws(Refusal) {
    let range = trimmed(range, style)
    if wantsKey {
      if let anchor = properties.anchor { anchors[anchor] = .some(nil) }
      return try key(text, style, properties, range)
    }
    let value: YAMLValue
    do { value = try CoreTag.value(of: text, style, tag: properties.tag) } catch {
      throw refusal(error.code, error.message, range, help: error.help)
    }
    let node = YAMLNode(.scalar(YAMLScalar(text: text, style: style, value: value)), SourceRange(range))
    try add(Built(node: node, weight: 16 + text.utf8.count, height: 0), anchor: properties.anchor)
  }

  /// Cuts white space at the end. libyaml lets a block scalar end where the next token starts, but a person sees its end at the
  /// last visible character.
  private func trimmed(_ range: Range<Int>, _ style: YAMLScalar.Style) -> Range<Int> {
    guard style == .literal || style == .folded || style == .plain else { return range }
    var upper = range.upperBound
    while upper > range.lowerBound, [0x20, 0x0a, 0x0d, 0x09].contains(file.bytes[upper - 1]) { upper -= 1 }
    return range.lowerBound..<upper
  }

  private mutating func key(
    _ text: String, _ style: YAMLScalar.Style, _ properties: Event.Properties, _ range: Range<Int>
  ) throws(Refusal) {
    if style == .plain, text == "<<" {
      throw refusal(
        .mergeKey, "merge keys are not supported", range, help: "write the keys out: YAML 1.2 has no <<")
    }
    if style == .plain, ForeignComment.starts(text) {
      throw refusal(
        .syntax, "this does not start a comment", range.lowerBound..<range.lowerBound + 2, help: ForeignComment.help)
    }
    guard style != .plain || !text.isEmpty else { throw refusal(.keyNotText, "a key is missing before the colon", range) }
    if let tag = properties.tag, tag != CoreTag.string, tag != "!" {
      throw refusal(.unsupportedTag, "the key has the tag \(quoted(tag))", range, help: "remove the tag: a key is always a text")
    }
    guard var frame = open.popLast() else { return }
    let here = SourceRange(range)
    if let first = frame.keys.insert(text, at: frame.pairs.count, of: frame.pairs) {
      findings.append(
        Diagnostic(
          .duplicateKey, "the key \(quoted(text)) occurs twice", at: Span(file, here),
          secondary: [.init(Span(file, first), "first declared here")], help: Self.duplicateHelp(frame.pairs.last)))
    }
    frame.key = (text, here)
    open.append(frame)
  }

  /// If the key before has no value, the duplicate key was probably meant to be its value and is not indented enough.
  private static func duplicateHelp(_ last: YAMLPair?) -> String {
    guard let last, last.value.isNull, last.value.range.offsets.isEmpty else {
      return "remove one of them, or give it another name"
    }
    return "\(quoted(last.key)) has no value: indent the key further if it belongs there, else remove one of the two"
  }

  private mutating func start(
    _ properties: Event.Properties, isMapping: Bool, _ isFlow: Bool, _ range: Range<Int>
  ) throws(Refusal) {
    let what = isMapping ? "a mapping" : "a list"
    guard !wantsKey else {
      throw refusal(.keyNotText, "\(what) cannot be a key", range, help: "quote it if it is meant as text")
    }
    if let tag = properties.tag, tag != (isMapping ? CoreTag.mapping : CoreTag.sequence), tag != "!" {
      throw refusal(.unsupportedTag, "\(what) has the tag \(quoted(tag))", range, help: "remove the tag")
    }
    guard open.count < limits.depth else { throw tooDeep(range) }
    // An alias inside this node refers to the node itself: the anchor exists but has no value yet.
    if let anchor = properties.anchor { anchors[anchor] = .some(nil) }
    open.append(Frame(isMapping: isMapping, isFlow: isFlow, anchor: properties.anchor, range: range))
  }

  private func tooDeep(_ range: Range<Int>) -> Refusal {
    refusal(.tooDeep, "mappings and lists are nested more than \(limits.depth) deep", range)
  }

  private mutating func end(_ range: Range<Int>) throws(Refusal) {
    guard let frame = open.popLast() else { return }
    // libyaml lets a block end where the next token starts. The end of the last child is the visible end.
    let last = (frame.isMapping ? frame.pairs.last?.value : frame.items.last)?.range.upperBound
    let upper = frame.isFlow ? range.upperBound : max(last ?? frame.range.upperBound, frame.range.lowerBound)
    let content = frame.isMapping ? YAMLNode.Content.mapping(frame.pairs) : .sequence(frame.items)
    let node = YAMLNode(content, SourceRange(frame.range.lowerBound..<upper))
    try add(Built(node: node, weight: frame.weight, height: frame.height + 1), anchor: frame.anchor)
  }

  private mutating func alias(_ name: String, _ range: Range<Int>) throws(Refusal) {
    guard !wantsKey else { throw refusal(.keyNotText, "an alias cannot be a key", range, help: "write the key out") }
    guard let known = anchors[name] else {
      throw refusal(
        .unknownAlias, "there is no anchor &\(harmlessName(name)) before this alias", range,
        help: "quote it if a text or pattern is meant: \"*\(harmlessName(name))\"")
    }
    guard var built = known else {
      throw refusal(.cyclicAlias, "the alias *\(harmlessName(name)) stands inside the value that it repeats", range)
    }
    expansion += built.weight
    guard expansion <= limits.aliasExpansion else {
      throw refusal(
        .aliasExpansion, "aliases repeat more than \(limits.aliasExpansion) bytes", range,
        help: "write the values out, or use fewer aliases")
    }
    guard open.count + built.height <= limits.depth else { throw tooDeep(range) }
    built.node = YAMLNode(built.node.content, SourceRange(range))
    try add(built, anchor: nil)
  }

  /// The name cut at 64 characters. It needs no escapes: libyaml accepts only letters, digits, `-` and `_`.
  private func harmlessName(_ name: String) -> String { String(name.prefix(64)) }

  /// Adds a finished node to the innermost open mapping or sequence, or makes it the root.
  private mutating func add(_ built: Built, anchor: String?) throws(Refusal) {
    if let anchor { anchors[anchor] = built }
    guard var frame = open.popLast() else {
      root = built
      return
    }
    frame.weight += built.weight
    frame.height = max(frame.height, built.height)
    if !frame.isMapping {
      frame.items.append(built.node)
    } else if let key = frame.key {
      frame.weight += key.text.utf8.count
      // If a key occurs twice, only the first value is kept: later checks would report both.
      if frame.keys.isNew { frame.pairs.append(YAMLPair(key: key.text, keyRange: key.range, value: built.node)) }
      frame.key = nil
    }
    open.append(frame)
  }
}
