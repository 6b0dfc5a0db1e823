import CYaml
import Diagnostics

/// Runs libyaml's parser over one text. Gives one event at a time, with its place in bytes.
///
/// libyaml's parser points to itself and to the text, so neither may move in memory.
struct Scanner: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let text: UnsafeMutableBufferPointer<UInt8>
  private let offsets: CharacterOffsets

  init(_ file: SourceFile, isASCII: Bool) {
    parser = .allocate(capacity: 1)
    text = .allocate(capacity: file.bytes.count + 1)
    _ = text.initialize(from: file.bytes + [0])
    offsets = CharacterOffsets(file, isASCII: isASCII)
    // Only a lack of memory can make this fail, and Swift stops then anyway.
    precondition(yaml_parser_initialize(parser) == 1, "libyaml cannot be initialised")
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, text.baseAddress, file.bytes.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
    text.deallocate()
  }

  /// The next event with its range of bytes. Throws libyaml's error.
  mutating func next() throws(ScanError) -> (Event, Range<Int>) {
    var raw = yaml_event_t()
    guard yaml_parser_parse(parser, &raw) == 1 else { throw failure() }
    defer { yaml_event_delete(&raw) }
    let start = offsets.offset(of: raw.start_mark.index)
    return (Event(raw), start..<max(start, offsets.offset(of: raw.end_mark.index)))
  }

  private func failure() -> ScanError {
    let state = parser.pointee
    let problem = state.problem.map { String(cString: $0) } ?? ""
    let isReader = state.error == YAML_READER_ERROR
    return ScanError(
      problem: problem, offset: isReader ? state.problem_offset : offsets.offset(of: state.problem_mark.index),
      context: state.context.map { String(cString: $0) }, contextOffset: offsets.offset(of: state.context_mark.index))
  }
}

/// libyaml's error for a text that is not YAML.
struct ScanError: Error {
  let problem: String
  let offset: Int
  let context: String?
  let contextOffset: Int
}

/// libyaml's events, reduced to the data that `Composer` needs.
enum Event {
  case streamStart, streamEnd, documentEnd
  case documentStart(version: (Int, Int)?)
  case alias(String)
  case scalar(Properties, text: String, YAMLScalar.Style)
  case sequenceStart(Properties, isFlow: Bool)
  case mappingStart(Properties, isFlow: Bool)
  case sequenceEnd, mappingEnd

  struct Properties {
    let anchor: String?
    let tag: String?

    init(_ anchor: UnsafeMutablePointer<yaml_char_t>?, _ tag: UnsafeMutablePointer<yaml_char_t>?) {
      self.anchor = anchor.map { String(cString: $0) }
      self.tag = tag.map { String(cString: $0) }
    }
  }

  init(_ raw: yaml_event_t) {
    switch raw.type {
    case YAML_STREAM_START_EVENT: self = .streamStart
    case YAML_DOCUMENT_START_EVENT:
      let version = raw.data.document_start.version_directive?.pointee
      self = .documentStart(version: version.map { (Int($0.major), Int($0.minor)) })
    case YAML_DOCUMENT_END_EVENT: self = .documentEnd
    case YAML_ALIAS_EVENT: self = .alias(String(cString: raw.data.alias.anchor))
    case YAML_SCALAR_EVENT:
      let scalar = raw.data.scalar
      let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      self = .scalar(Properties(scalar.anchor, scalar.tag), text: String(decoding: bytes, as: UTF8.self), .init(scalar.style))
    case YAML_SEQUENCE_START_EVENT:
      let start = raw.data.sequence_start
      self = .sequenceStart(Properties(start.anchor, start.tag), isFlow: start.style == YAML_FLOW_SEQUENCE_STYLE)
    case YAML_MAPPING_START_EVENT:
      let start = raw.data.mapping_start
      self = .mappingStart(Properties(start.anchor, start.tag), isFlow: start.style == YAML_FLOW_MAPPING_STYLE)
    case YAML_SEQUENCE_END_EVENT: self = .sequenceEnd
    case YAML_MAPPING_END_EVENT: self = .mappingEnd
    default: self = .streamEnd
    }
  }
}

extension YAMLScalar.Style {
  fileprivate init(_ style: yaml_scalar_style_t) {
    switch style {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE: self = .singleQuoted
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE: self = .doubleQuoted
    case YAML_LITERAL_SCALAR_STYLE: self = .literal
    case YAML_FOLDED_SCALAR_STYLE: self = .folded
    default: self = .plain
    }
  }
}
