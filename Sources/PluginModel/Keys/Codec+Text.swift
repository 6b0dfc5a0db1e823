import CNI
import NetworkTypes

extension Codec {
  /// A text of a format, parsed. The empty text counts as an absent key.
  ///
  /// `refusal` makes the plugin's own message for a text that does not fit. Without it the parser's message is used.
  package static func text(
    _ format: @autoclosure @escaping @Sendable () -> TextFormat, refusal: (@Sendable (String) -> String)? = nil,
    _ parse: @escaping @Sendable (String) throws(NetworkTypeError) -> Value
  ) -> Codec {
    Codec(type: .text(format())) { (json, path) throws(ConfigurationError) in
      let text = try json.expected(json.string, "a string", path)
      if text.isEmpty { return nil }
      do throws(NetworkTypeError) { return try parse(text) } catch {
        throw .invalid(path, reason: refusal?(text) ?? error.description)
      }
    }
  }
}

extension Codec where Value == InterfaceName {
  package static var interfaceName: Codec {
    .text(.emptyOr(.interfaceName)) { (text) throws(NetworkTypeError) in try InterfaceName(text) }
  }
}

extension Codec where Value == MACAddress {
  package static var mac: Codec { .text(.emptyOr(.mac)) { (text) throws(NetworkTypeError) in try MACAddress(ofInterface: text) } }
}

extension Codec where Value == IPAddress {
  package static var address: Codec { .text(.emptyOr(.address)) { (text) throws(NetworkTypeError) in try IPAddress(text) } }
}

extension Codec where Value == CIDR {
  package static var cidr: Codec { .cidr(refusal: nil) }

  package static func cidr(refusal: (@Sendable (String) -> String)?) -> Codec {
    .text(.cidr, refusal: refusal) { (text) throws(NetworkTypeError) in try CIDR(text) }
  }
}

extension Codec where Value == CIDR? {
  /// A subnet. The inner nil stands for an empty text: the key is there but names no subnet.
  ///
  /// The codec accepts host bits. The configuration refuses them later, with the reference plugin's message.
  package static var subnet: Codec {
    Codec(type: .text(.subnet)) { (json, path) throws(ConfigurationError) in
      let codec = Codec<CIDR>.text(.subnet) { (text) throws(NetworkTypeError) in try CIDR(text) }
      return .some(try codec.decode(json, path))
    }
  }
}

extension Codec where Value == MTU {
  /// An MTU in bytes. 0 counts as an absent key.
  package static var mtu: Codec {
    Codec(type: .integer(68...65535, orZero: true)) { (json, path) throws(ConfigurationError) in
      let bytes = try json.expected(json.int, "a whole number", path)
      if bytes == 0 { return nil }
      do throws(NetworkTypeError) { return try MTU(bytes) } catch { throw .invalid(path, reason: error.description) }
    }
  }
}

extension Codec where Value == String {
  /// Any text, including the empty one.
  package static var text: Codec {
    Codec(type: .text(.value)) { (json, path) throws(ConfigurationError) in try json.expected(json.string, "a string", path) }
  }

  /// A text of a feature that Braid's own plugin does not have. The empty text counts as an absent key; any other throws
  /// `ConfigurationError.unsupported` with the reason.
  package static func refusedText(_ reason: String) -> Codec {
    Codec(type: .text(.refused(reason))) { (json, path) throws(ConfigurationError) in
      guard try json.expected(json.string, "a string", path).isEmpty else { throw .unsupported(path, reason: reason) }
      return nil
    }
  }

  /// An absolute path. The empty text counts as an absent key.
  package static var absolutePath: Codec {
    Codec(type: .text(.emptyOr(.absolutePath))) { (json, path) throws(ConfigurationError) in
      let text = try json.expected(json.string, "a string", path)
      if text.isEmpty { return nil }
      guard TextFormat.isAbsolutePath(text) else { throw .invalid(path, reason: "\"\(text)\" is not an absolute path") }
      return text
    }
  }
}

extension Codec where Value: RawRepresentable & CaseIterable & Sendable, Value.RawValue == String {
  /// One of a few words. The empty text counts as an absent key. `refusal` makes the message for any other text.
  package static func word(refusal: @escaping @Sendable (String) -> String) -> Codec {
    let words = Value.allCases.map(\.rawValue)
    return Codec(type: .text(.emptyOr(.oneOf(words)))) { (json, path) throws(ConfigurationError) in
      let text = try json.expected(json.string, "a string", path)
      if text.isEmpty { return nil }
      guard let word = Value(rawValue: text) else { throw .invalid(path, reason: refusal(text)) }
      return word
    }
  }
}
